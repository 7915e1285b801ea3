/* SPDX-License-Identifier: MIT */
/* Places in the text of a source. */
#include "arena.h"
#include "source.h"
#include "text_source.h"

#include <criterion/criterion.h>

static size_t looked_for(const struct source *source, size_t offset)
{
    size_t i = 0;
    while (i < source->token_count && source->tokens[i].begin < offset)
        i++;
    return i;
}

Test(source, finds_the_token_at_or_behind_each_offset)
{
    static const char *const texts[] = {"", "   ", "x",
                                        " int a; /* one */\n#define B 1\nb(\"s\");\n "};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        struct arena *arena = arena_new();
        const struct source *source = t_source(arena, texts[t]);
        for (size_t offset = 0; offset <= source->length + 1; offset++)
            cr_expect_eq(source_token_from(source, offset), looked_for(source, offset),
                         "text %zu, offset %zu", t, offset);
        arena_free(arena);
    }
}
