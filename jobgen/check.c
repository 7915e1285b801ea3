/* SPDX-License-Identifier: MIT */
/* One row per check: its name, which complaints carry, and what looks at one parameter (the result
 * counts as one, behind the others). A parameter refused by one check is not shown to the next. */
#include "check.h"

#include "check_context.h"
#include "check_extent.h"
#include "check_member.h"
#include "check_pointer.h"
#include "check_string.h"
#include "check_value.h"

struct check {
    enum check_name name;
    void (*look)(struct check_context *context);
};

static const struct check checks[] = {
    {CHECK_RESULT_DIRECTION, check_result_direction},
    {CHECK_BY_VALUE, check_by_value},
    {CHECK_TAGLESS_RECORD, check_tagless_record},
    {CHECK_STAR_PLACE, check_star},
    {CHECK_POINTER_TO_POINTER, check_double_pointer},
    {CHECK_SIZE_WORD, check_size},
    {CHECK_CONST_OUT, check_const_out},
    {CHECK_STRING_OR_BYTES, check_string_or_bytes},
    {CHECK_OWNED, check_owned},
    {CHECK_BORROWED_RESULT, check_borrowed_result},
    {CHECK_RESULT_EXTENT, check_result_extent},
    {CHECK_EXTENT_DIFFERS, check_extent_differs},
    {CHECK_STRING, check_string},
    {CHECK_POINTER_EXTENT, check_pointer_extent},
    {CHECK_USED, check_used},
    {CHECK_NO_ROOM, check_readable},
    {CHECK_EXTENT_CONSTANT, check_constant_extent},
};

static void check_param(struct check_context *context)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        size_t before = diag_count(context->diags);
        context->name = checks[i].name;
        checks[i].look(context);
        if (diag_count(context->diags) != before) {
            context->candidate->is_refused[context->index] = true;
            context->candidate->is_broken = true;
            return;
        }
    }
}

void check_candidate(struct arena *arena, struct candidate *candidate, struct diag_list *diags)
{
    struct check_context context = {.arena = arena, .candidate = candidate, .diags = diags};
    for (size_t i = 0; i <= candidate->job.param_count; i++) {
        context.index = i;
        context.is_result = i == candidate->job.param_count;
        context.param = context.is_result ? candidate->result : &candidate->params[i];
        context.directive = candidate->directives[i];
        if (!candidate->is_refused[i]) check_param(&context);
        if (!candidate->is_refused[i]) check_members(arena, candidate, context.param, diags);
    }
}
