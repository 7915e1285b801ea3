/* SPDX-License-Identifier: MIT */
/* Text up to its NUL: of parameters, of results, and of the elements of an array. */
#include "check_string.h"

#include "arena.h"
#include "check_context.h"
#include "type.h"

/* const char *text, int n: with neither said, cutting at a NUL would lose data in silence. */
void check_string_or_bytes(struct check_context *context)
{
    const struct candidate *candidate = context->candidate;
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (context_is_given(context) || !context_is_char_pointer(context)) return;
    if (directive) {
        if (directive->direction != DIRECTION_IN || param->is_string || param->extent_count) return;
        diag_error(context->diags, directive->name_location, context->name,
                   "'%s' of job '%s': a string, or counted bytes?", param->name,
                   context_job(context));
    } else {
        bool has_next = context->index + 1 < candidate->job.param_count;
        if (!param->is_string || !has_next ||
            candidate->params[context->index + 1].type->kind != TYPE_INTEGER)
            return;
        diag_error(context->diags, param->location, context->name,
                   "'%s' of job '%s' is const char * with an integer behind it: a string, or "
                   "counted bytes?",
                   param->name, context_job(context));
    }
    context_offer(context, "for a string", true, "@in %s string", param->name);
    context_offer_counted(context, "@in", "bytes");
}

/* What `string` may be said of: bytes are as good as char to many a library. */
static bool is_text_pointer(const struct check_context *context)
{
    const struct type *type = context_type(context);
    return type->kind == TYPE_POINTER && type_is_byte(type->element);
}

/* n strings. */
static void check_strings(struct check_context *context, struct location at)
{
    const struct param *param = context->param;
    if (!type_is_byte(type_element(type_element(param->type))))
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' is %s; string is for char * and char **", param->name,
                   context_job(context), type_print(context->arena, param->type));
    else if (param->direction != DIRECTION_IN)
        diag_error(context->diags, context->directive->location, context->name,
                   "'%s' of job '%s': strings of an array only go in; let the job fill an array of "
                   "structs with a char * that is string owned",
                   param->name, context_job(context));
    else if (!param->extent_count)
        diag_error(context->diags, at, context->name,
                   "how many strings does '%s' of job '%s' refer to? write @in %s[n] string",
                   param->name, context_job(context), param->name);
    else if (param->extent_count > 1)
        diag_error(context->diags, context->directive->extent_locations[1], context->name,
                   "an array of strings has one dimension");
}

void check_string(struct check_context *context)
{
    const struct param *param = context->param;
    if (!param->is_string || !context->directive) return;
    struct location at = context->directive->word_location[WORD_STRING];
    if (context_is_double_pointer(context) && !param->is_star) {
        check_strings(context, at);
        return;
    }
    if (param->type->kind == TYPE_ARRAY && type_is_byte(type_element(param->type)) &&
        param->type->element->kind != TYPE_ARRAY) {
        if (param->direction == DIRECTION_IN)
            diag_error(context->diags, at, context->name,
                       "'%s' of job '%s' is an array: all of it goes in; declare it as const char "
                       "* to send a string",
                       param->name, context_job(context));
    } else if (!is_text_pointer(context)) {
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' is %s; string is for char *", param->name,
                   context_job(context), type_print(context->arena, context_type(context)));
    } else if (param->direction == DIRECTION_IN && param->extent_count) {
        diag_error(context->diags, context->directive->extent_locations[0], context->name,
                   "'%s' of job '%s' goes in up to its NUL; it is either a string or counted",
                   param->name, context_job(context));
    } else if (context_is_given(context) && param->extent_count) {
        diag_error(context->diags, context->directive->extent_locations[0], context->name,
                   "an owned string ends at its NUL; it is either a string or counted");
    } else if (!context_is_given(context) && param->direction != DIRECTION_IN &&
               !param->extent_count) {
        diag_error(context->diags, at, context->name,
                   "how much room has '%s' of job '%s'? write %s[capacity] string", param->name,
                   context_job(context), param->name);
    } else if (param->extent_count > 1) {
        diag_error(context->diags, context->directive->extent_locations[1], context->name,
                   "a string has one dimension");
    }
}
