/* SPDX-License-Identifier: MIT */
/* Pointers to pointers, what only goes in or only comes out, and memory that the job allocates. */
#include "check_pointer.h"

#include "arena.h"
#include "check_context.h"
#include "directive.h"
#include "type.h"

void check_result_direction(struct check_context *context)
{
    const struct directive *directive = context->directive;
    if (!context->is_result || !directive) return;
    if (context->param->type->kind == TYPE_VOID)
        diag_error(context->diags, directive->name_location, context->name,
                   "job '%s' returns nothing", context_job(context));
    else if (directive->direction != DIRECTION_OUT)
        diag_error(context->diags, directive->location, context->name,
                   "the result of a job can only be @out");
}

void check_const_out(struct check_context *context)
{
    const struct directive *directive = context->directive;
    if (context->is_result || !context_is_pointed(context) || !directive ||
        directive->direction == DIRECTION_IN || !type_element(context->param->type)->is_const)
        return;
    diag_error(context->diags, directive->location, context->name,
               "'%s' of job '%s' points to const: nothing can come out of it", directive->name,
               context_job(context));
    diag_fixit(context->diags, directive->location, "@in");
}

void check_star(struct check_context *context)
{
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (!param->is_star) return;
    const struct type *type = param->type;
    if (context->is_result)
        diag_error(context->diags, directive->name_location, context->name,
                   "the result is described as return, without *");
    else if (!type_is_double_pointer(type))
        diag_error(context->diags, directive->name_location, context->name,
                   "'%s' of job '%s' is %s: '*%s' is for a T ** that receives what the job "
                   "allocates; write %s without *",
                   param->name, context_job(context), type_print(context->arena, type), param->name,
                   param->name);
    else if (type->element->is_const)
        diag_error(context->diags, directive->name_location, context->name,
                   "'%s' of job '%s' is %s: nothing can be stored there", param->name,
                   context_job(context), type_print(context->arena, type));
    else if (directive->direction != DIRECTION_OUT)
        diag_error(context->diags, directive->location, context->name,
                   "'*%s' of job '%s' can only come out: what a T ** refers to before the call "
                   "does not go in",
                   param->name, context_job(context));
    else if (!param->is_owned) {
        diag_error(context->diags, directive->name_location, context->name,
                   "'*%s' of job '%s' has no room that the caller gives: it must be allocated by "
                   "the job, with malloc, and freed by the caller",
                   param->name, context_job(context));
        diag_note(context->diags, directive->location, "owned",
                  "if that is so add this word to the line");
    }
}

static bool is_string_array(const struct check_context *context)
{
    return context_is_double_pointer(context) &&
           context->param->type->element->element->is_plain_char;
}

/* Strings travel in a struct; of other elements there may be one array. */
static void refuse_double_result(struct check_context *context, const char *type, bool is_text)
{
    diag_error(context->diags, context->param->location, context->name,
               is_text ? "the result of job '%s' is %s: not supported; return a struct with this "
                         "pointer and its count, and write @out return.names[return.count] string "
                         "owned"
                       : "the result of job '%s' is %s: not supported; return one array with all "
                         "elements",
               context_job(context), type);
}

/* Nothing could be stored there, or the user says that there are many. */
static bool is_pointer_array(const struct check_context *context)
{
    const struct type *type = context->param->type;
    return type->kind == TYPE_ARRAY || type->element->is_const ||
           (context->directive && context->directive->extent_count);
}

void check_double_pointer(struct check_context *context)
{
    const struct param *param = context->param;
    if (!context_is_double_pointer(context)) return;
    bool is_text = is_string_array(context);
    const char *type = type_print(context->arena, param->type);
    if (context->is_result) {
        refuse_double_result(context, type, is_text);
        return;
    }
    if (param->is_star || param->is_string) return;
    if (!is_text && is_pointer_array(context)) {
        diag_error(context->diags, param->location, context->name,
                   "'%s' of job '%s' is %s, an array of pointers: not supported; pass one array "
                   "with all elements, %s *",
                   param->name, context_job(context), type,
                   type_print(context->arena, param->type->element->element));
        return;
    }
    diag_error(context->diags, param->location, context->name,
               "'%s' of job '%s' is %s: what goes in or comes out behind it?", param->name,
               context_job(context), type);
    if (is_text && context->directive && context->directive->extent_count)
        context_offer(context, "for strings", true, "@in %s%s string", param->name,
                      directive_extents(context->arena, context->directive));
    else if (is_text)
        context_offer(context, "for n strings", false, "@in %s[n] string", param->name);
    enum direction direction = context->directive ? context->directive->direction : DIRECTION_INOUT;
    if (!is_text && direction != DIRECTION_OUT)
        diag_note(context->diags, param->location, NULL,
                  "for a matrix take a pointer to its first element, with an extent for each "
                  "dimension, as in @in %s[r][c]",
                  param->name);
    if (param->type->kind != TYPE_POINTER || param->type->element->is_const ||
        direction == DIRECTION_IN)
        return;
    bool is_record = !is_text && param->type->element->element->kind == TYPE_RECORD;
    context_offer(context,
                  is_text     ? "for what the job allocates and stores there"
                  : is_record ? "for one element (with [n]: for n) that the job allocates and "
                                "stores there"
                              : "for n elements (without [n]: for one) that the job allocates and "
                                "stores there",
                  is_text || is_record,
                  is_text     ? "@out *%s string owned"
                  : is_record ? "@out *%s owned"
                              : "@out *%s[n] owned",
                  param->name);
}

void check_owned(struct check_context *context)
{
    const struct param *param = context->param;
    if (context_is_given(context) || !param->is_owned) return;
    if (is_string_array(context) && param->direction == DIRECTION_OUT) return; /* told below */
    diag_error(context->diags, context->directive->word_location[WORD_OWNED], context->name,
               "'%s' of job '%s' is the caller's memory; owned is for what the job allocates: "
               "@out return[n] owned, or @out *p[n] owned with a T **",
               param->name, context_job(context));
}

void check_borrowed_result(struct check_context *context)
{
    const struct param *param = context->param;
    if (!context->is_result || !context_is_pointed(context) || param->is_owned) return;
    diag_error(context->diags, context->candidate->job.location, context->name,
               "the result of job '%s' is a pointer: memory that the job keeps cannot be lent to "
               "another process",
               context_job(context));
    if (context->directive) {
        diag_note(context->diags, context->directive->location, "owned",
                  "if the job allocates it with malloc, add this word to the line; else let the "
                  "job fill an @out parameter");
        return;
    }
    bool is_string = context_is_char_pointer(context);
    bool is_record = type_element(param->type)->kind == TYPE_RECORD;
    diag_note_fix(context->diags, context->candidate->job_location,
                  is_string || is_record ? FIX_ADD : FIX_SKETCH,
                  is_string   ? "@out return string owned"
                  : is_record ? "@out return owned"
                              : "@out return[n] owned",
                  "if the job allocates it with malloc, write this line in the comment%s; else let "
                  "the job fill an @out parameter",
                  is_record   ? " (with return[n], if it is an array)"
                  : is_string ? ""
                              : " (without [n], if it is one element)");
}
