/* SPDX-License-Identifier: MIT */
#include "check_context.h"

#include "arena.h"
#include "directive.h"
#include "type.h"

#include <stdarg.h>
#include <string.h>

const char *context_job(const struct check_context *context)
{
    return context->candidate->job.name;
}

bool context_is_pointed(const struct check_context *context)
{
    return context->param->type->kind == TYPE_POINTER || context->param->type->kind == TYPE_ARRAY;
}

const struct type *context_type(const struct check_context *context)
{
    const struct type *type = context->param->type;
    return context->param->is_star && type->kind == TYPE_POINTER ? type->element : type;
}

bool context_is_char_pointer(const struct check_context *context)
{
    const struct type *type = context_type(context);
    return type->kind == TYPE_POINTER && type->element->is_plain_char;
}

bool context_is_double_pointer(const struct check_context *context)
{
    const struct type *type = context->param->type;
    return context_is_pointed(context) && type->element->kind == TYPE_POINTER;
}

bool context_is_given(const struct check_context *context)
{
    return context->is_result || context->param->is_star;
}

void context_offer(struct check_context *context, const char *why, bool is_complete,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(context->arena, format, args);
    va_end(args);
    const struct directive *directive = context->directive;
    struct location at = directive ? directive_head(directive) : context->candidate->job_location;
    enum fix_kind kind = directive ? FIX_REPLACE : FIX_ADD;
    diag_note_fix(context->diags, at, is_complete ? kind : FIX_SKETCH, text, "%s write%s", why,
                  directive ? "" : " this line in the comment");
}

/* Whether a name says that it counts something: "destLen", "out_size". */
static bool is_count_name(const char *name)
{
    static const char *const parts[] = {"len", "size", "count", "capacity"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcasestr(name, parts[i])) return true;
    return false;
}

/* zlib's `Bytef *dest, uLongf *destLen`, of which `length` is the second. */
static bool is_length_pointer(const struct candidate *candidate, size_t length)
{
    if (!length || length >= candidate->job.param_count) return false;
    const struct type *type = candidate->params[length].type;
    const struct type *counted = candidate->params[length - 1].type;
    return type->kind == TYPE_POINTER && type->element->kind == TYPE_INTEGER &&
           type->element->bits >= 32 && !type->element->is_const &&
           is_count_name(candidate->params[length].name) && counted->kind == TYPE_POINTER &&
           counted->element->kind != TYPE_POINTER && counted->element->kind != TYPE_RECORD;
}

bool context_offer_length(struct check_context *context)
{
    if (context->directive || !is_length_pointer(context->candidate, context->index)) return false;
    bool is_const = type_element(context->param[-1].type)->is_const;
    context_offer(context, "for the length of what is before it", true, "%s %s",
                  is_const ? "@in" : "@inout", context->param->name);
    return true;
}

/* The integer beside a parameter, which is likely to count its elements; NULL: there is none. */
static const char *likely_count(const struct check_context *context)
{
    const struct candidate *candidate = context->candidate;
    size_t next = context->index + 1, before = context->index - 1;
    if (is_length_pointer(candidate, next))
        return arena_printf(context->arena, "*%s", candidate->params[next].name);
    if (next < candidate->job.param_count && candidate->params[next].type->kind == TYPE_INTEGER)
        return candidate->params[next].name;
    if (context->index && candidate->params[before].type->kind == TYPE_INTEGER)
        return candidate->params[before].name;
    return NULL;
}

bool context_is_likely_one(const struct check_context *context)
{
    const struct param *params = context->candidate->params;
    size_t at = context->index;
    const char *count = likely_count(context);
    if (context->param->type->kind != TYPE_POINTER || type_element(context->param->type)->is_const)
        return false;
    return !count ||
           (at >= 2 && count == params[at - 1].name && params[at - 2].type->kind == TYPE_INTEGER);
}

void context_offer_counted(struct check_context *context, const char *direction, const char *what)
{
    const char *count = likely_count(context);
    if (count && *count == '*' && !strcmp(direction, "@inout")) direction = "@out";
    context_offer(context, arena_printf(context->arena, "for %s %s", count ? count : "n", what),
                  count != NULL, "%s %s[%s]", direction, context->param->name, count ? count : "n");
}
