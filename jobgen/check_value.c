/* SPDX-License-Identifier: MIT */
/* What is passed or returned by value. */
#include "check_value.h"

#include "arena.h"
#include "check_context.h"

void check_by_value(struct check_context *context)
{
    const struct directive *directive = context->directive;
    if (context_is_pointed(context) || !directive) return;
    const char *name = directive->name;
    if (!context->is_result && directive->direction != DIRECTION_IN)
        diag_error(context->diags, directive->location, context->name,
                   "'%s' of job '%s' is passed by value: nothing can come out of it; make it a "
                   "pointer",
                   name, context_job(context));
    else if (directive->extent_count)
        diag_error(context->diags, directive->extent_locations[0], context->name,
                   "'%s' of job '%s' is passed by value and has no extent", name,
                   context_job(context));
    for (size_t word = 0; word < WORD_COUNT; word++)
        if (directive->has_word[word]) {
            diag_error(context->diags, directive->word_location[word], context->name,
                       "'%s' of job '%s' is passed by value: this word is for pointers", name,
                       context_job(context));
            return;
        }
}

/* Callers cannot see it: nothing that the generated header includes defines it. */
void check_tagless_record(struct check_context *context)
{
    const struct param *param = context->param;
    if (context_is_pointed(context) || !record_is_hidden(param->type->record)) return;
    const char *said =
        context->is_result ? "the result" : arena_printf(context->arena, "'%s'", param->name);
    diag_error(context->diags, param->location, context->name,
               "%s of job '%s' is %s, a struct without a tag that no header defines, so that "
               "callers cannot name it; write struct tag { ... }, or pass a pointer to it",
               said, context_job(context), param->type->record->key);
    diag_note(context->diags, param->type->record->location, NULL, "it is defined here");
}
