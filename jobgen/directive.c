/* SPDX-License-Identifier: MIT */
#include "directive.h"

#include "arena.h"

struct location directive_head(const struct directive *directive)
{
    struct location head = directive->location, last = directive->name_location;
    if (directive->step_count) last = directive->steps[directive->step_count - 1].location;
    if (directive->extent_count) last = directive->extent_locations[directive->extent_count - 1];
    if (last.line == head.line) head.length = last.column + last.length - head.column;
    return head;
}

const char *directive_extents(struct arena *arena, const struct directive *directive)
{
    const char *text = "";
    for (size_t i = 0; i < directive->extent_count; i++)
        text = arena_printf(arena, "%s[%s]", text, directive->extents[i]->text);
    return text;
}
