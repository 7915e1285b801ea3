/* SPDX-License-Identifier: MIT */
/* How many elements there are: said at all, once, as a number, and known in time. */
#include "check_extent.h"

#include "arena.h"
#include "check_context.h"
#include "expr.h"
#include "type.h"

void check_size(struct check_context *context)
{
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (!directive || !directive->size) return;
    struct location at = directive->word_location[WORD_SIZE];
    const struct type *type = context_type(context);
    if (type->kind != TYPE_POINTER || type->element->kind != TYPE_VOID)
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' is %s: size() is for void *; write %s[n], n elements",
                   param->name, context_job(context), type_print(context->arena, type),
                   param->name);
    else if (directive->extent_count)
        diag_error(context->diags, at, context->name,
                   "the bytes of '%s' of job '%s' are said twice: [n] of void * are bytes too",
                   param->name, context_job(context));
}

/* Whether an extent reads `*p`. */
struct sought {
    size_t param;
    bool is_read;
};

static void look_for_param(const struct expr *expr, void *user)
{
    struct sought *sought = user;
    sought->is_read |= expr->kind == EXPR_DEREF && expr->param == sought->param;
}

/* What is to be said of one that no directive describes, but that extents of others read; NULL:
 * none does. */
static const char *direction_as_read(const struct check_context *context)
{
    const struct candidate *candidate = context->candidate;
    struct sought before = {.param = context->index}, after = before;
    for (size_t i = 0; i <= candidate->job.param_count; i++) {
        const struct param *param =
            i < candidate->job.param_count ? &candidate->params[i] : candidate->result;
        for (size_t e = 0; e < param->extent_count; e++)
            expr_walk(param->extents[e], look_for_param, param->is_owned ? &after : &before);
        expr_walk(param->used, look_for_param, &after);
    }
    if (type_element(context->param->type)->is_const)
        return before.is_read || after.is_read ? "@in" : NULL;
    return before.is_read ? "@inout" : after.is_read ? "@out" : NULL;
}

static void note_extent_fix(struct check_context *context, const char *name, bool is_const)
{
    bool is_void = context_type(context)->element->kind == TYPE_VOID;
    const char *as_read = context->directive ? NULL : direction_as_read(context);
    bool has_one = !is_void && !context_is_char_pointer(context) && !context->directive &&
                   context->param->type->kind == TYPE_POINTER;
    bool is_one_first = has_one && context_is_likely_one(context);
    if (as_read) {
        context_offer(context, "for the integer that an extent reads", true, "%s %s", as_read,
                      name);
        return;
    }
    if (context_offer_length(context)) return;
    if (is_one_first) context_offer(context, "for one element", true, "@out %s", name);
    context_offer_counted(context, is_const ? "@in" : "@inout", is_void ? "bytes" : "elements");
    if (!is_void && context_is_char_pointer(context))
        context_offer(context, "for a string", is_const,
                      is_const ? "@in %s string" : "@out %s[n] string", name);
    else if (has_one && !is_one_first)
        context_offer(context, "for one element", true, "%s %s", is_const ? "@in" : "@out", name);
}

void check_pointer_extent(struct check_context *context)
{
    const struct param *param = context->param;
    if (context_is_given(context) || !context_is_pointed(context) || param->is_string ||
        param->extent_count)
        return;
    const struct type *element = type_element(param->type);
    bool is_open_array = param->type->kind == TYPE_ARRAY;
    bool is_void = context_type(context)->element->kind == TYPE_VOID;
    bool is_one = element->kind == TYPE_RECORD || context->directive;
    if (!is_open_array && !is_void && is_one) return;
    diag_error(context->diags, param->location, context->name,
               "how many %s does '%s' of job '%s' refer to?", is_void ? "bytes" : "elements",
               param->name, context_job(context));
    if (element->is_const && !is_void && !is_open_array && type_is_byte(element))
        context_offer(context, "for a string", false, "@in %s string", param->name);
    note_extent_fix(context, param->name, element->is_const);
}

void check_extent_differs(struct check_context *context)
{
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (param->type->kind != TYPE_ARRAY || !directive || !directive->extent_count) return;
    size_t declared = 0;
    for (const struct type *type = param->type; type->kind == TYPE_ARRAY; type = type->element)
        declared++;
    bool is_open = !param->type->extent;
    if (directive->extent_count != declared && !(is_open && directive->extent_count == 1)) {
        diag_error(context->diags, directive->extent_locations[0], context->name,
                   "'%s' of job '%s' is declared with %zu dimension%s", param->name,
                   context_job(context), declared, declared == 1 ? "" : "s");
        return;
    }
    const struct type *type = param->type;
    for (size_t i = 0; i < directive->extent_count; i++, type = type->element) {
        const struct expr *written = context->candidate->written_extents[context->index][i];
        if (type->extent && written && !expr_equals(type->extent, written)) {
            diag_error(context->diags, directive->extent_locations[i], context->name,
                       "'%s' of job '%s' is declared with extent %s", param->name,
                       context_job(context), type->extent->text);
            diag_note(context->diags, param->location, NULL, "it is declared here");
            return;
        }
    }
}

/* Where it is described, or else declared. */
static struct location location_of(const struct check_context *context)
{
    return context->directive ? context->directive->location : context->param->location;
}

void check_result_extent(struct check_context *context)
{
    const struct param *param = context->param;
    const char *place =
        context->is_result ? "return" : arena_printf(context->arena, "*%s", param->name);
    if (!context_is_given(context) || param->is_string || param->extent_count) return;
    const struct type *type = context_type(context);
    if (type->kind == TYPE_POINTER && type->element->kind == TYPE_VOID) {
        diag_error(context->diags, location_of(context), context->name,
                   "how many bytes does '%s' of job '%s' refer to?", place, context_job(context));
        context_offer(context, "for n bytes", false, "@out %s[n] owned", place);
        return;
    }
    if (!context_is_char_pointer(context)) return;
    diag_error(context->diags, location_of(context), context->name,
               "'%s' of job '%s': a string, or counted bytes?", place, context_job(context));
    context_offer(context, "for a string", true, "@out %s string owned", place);
    context_offer(context, "for n bytes", false, "@out %s[n] owned", place);
}

void check_used(struct check_context *context)
{
    const struct param *param = context->param;
    const struct directive *directive = context->directive;
    if (!directive || !directive->used) return;
    struct location at = directive->word_location[WORD_USED];
    if (param->direction == DIRECTION_IN)
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' only goes in: used() is for what comes back", param->name,
                   context_job(context));
    else if (param->is_owned)
        diag_error(context->diags, at, context->name,
                   "an owned result has no room beyond its extent: put the length there");
    else if (param->is_string)
        diag_error(context->diags, at, context->name,
                   "a string comes back up to its NUL: used() has nothing to say");
    else if (!param->extent_count)
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' is one element: used() needs an extent", param->name,
                   context_job(context));
    else if (param->extent_count > 1)
        diag_error(context->diags, at, context->name,
                   "'%s' of job '%s' has %zu dimensions: used() needs one", param->name,
                   context_job(context), param->extent_count);
}

struct reading {
    struct check_context *context;
    bool is_after; /* evaluated when the job has ended */
    bool has_complained;
};

static bool reads_behind(const struct candidate *candidate, const struct expr *expr)
{
    return expr->kind == EXPR_DEREF ||
           (expr->kind == EXPR_MEMBER && candidate->params[expr->param].type->kind == TYPE_POINTER);
}

static void look_at_reading(const struct expr *expr, void *user)
{
    struct reading *reading = user;
    struct check_context *context = reading->context;
    const struct candidate *candidate = context->candidate;
    if (reading->has_complained) return;
    reading->has_complained = true;
    bool is_behind = reads_behind(candidate, expr);
    if (expr->kind == EXPR_RETURN && !reading->is_after)
        diag_error(context->diags, expr->location, context->name,
                   "the extent of '%s' of job '%s' is needed before the call, when there is no "
                   "result yet; say the room, and used(return)",
                   context->param->name, context_job(context));
    else if (is_behind && !context->is_result && expr->param == context->index)
        diag_error(context->diags, expr->location, context->name,
                   "the extent of '%s' of job '%s' reads '%s' itself", context->param->name,
                   context_job(context), context->param->name);
    else if (is_behind && !reading->is_after &&
             candidate->params[expr->param].direction == DIRECTION_OUT) {
        const struct directive *directive = candidate->directives[expr->param];
        diag_error(context->diags, expr->location, context->name,
                   "'%s' of job '%s' has no room before the call: '%s' is only @out",
                   context->param->name, context_job(context), candidate->params[expr->param].name);
        if (directive)
            diag_note(context->diags, directive->location, "@inout",
                      "if it holds the room before the call, write");
    } else {
        reading->has_complained = false;
    }
}

void check_readable(struct check_context *context)
{
    const struct param *param = context->param;
    struct reading before = {.context = context, .is_after = param->is_owned};
    for (size_t i = 0; i < param->extent_count; i++)
        expr_walk(param->extents[i], look_at_reading, &before);
    struct reading after = {.context = context, .is_after = true};
    expr_walk(param->used, look_at_reading, &after);
}

void check_constant_extent(struct check_context *context)
{
    const struct param *param = context->param;
    for (size_t i = 0; i < param->extent_count; i++) {
        const struct expr *extent = param->extents[i];
        int64_t value = 0;
        bool is_zero = extent && extent->kind == EXPR_INTEGER && extent->integer == 0;
        if (!extent || !extent->is_constant) continue;
        if (!expr_constant(extent, &value) || value <= 0) {
            diag_error(context->diags, extent->location, context->name,
                       "extent '%s' of '%s' of job '%s' is no number of elements%s", extent->text,
                       param->name, context_job(context),
                       is_zero ? "; for what is always NULL write [1] optional" : "");
            return;
        }
    }
}
