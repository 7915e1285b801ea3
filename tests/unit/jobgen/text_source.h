/* SPDX-License-Identifier: MIT */
/* A source made of a text, for tests that need no file. */
#ifndef TEST_TEXT_SOURCE_H
#define TEST_TEXT_SOURCE_H

#include "arena.h"
#include "lexer.h"
#include "source.h"

#include <string.h>

static inline const struct source *t_source(struct arena *arena, const char *text)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    source->path = source->identity = "test.c";
    source->text = text;
    source->length = strlen(text);
    size_t *lines = arena_alloc(arena, (source->length + 1) * sizeof *lines);
    source->line_count = 1;
    for (size_t i = 0; i < source->length; i++)
        if (text[i] == '\n') lines[source->line_count++] = i + 1;
    source->line_starts = lines;
    source->tokens = lexer_run(arena, source->text, source->length, &source->token_count);
    return source;
}

#endif
