/* SPDX-License-Identifier: MIT */
/* The text of the files a run reads, each read once and cut into tokens once; for any thread. */
#ifndef JOBGEN_SOURCE_H
#define JOBGEN_SOURCE_H

#include "diag.h"
#include "lexer.h"

#include <stddef.h>

struct arena;

struct compiler_flags;

struct source {
    const char *path;     /* as first spelled */
    const char *identity; /* the real path: the same file under two spellings is one source */
    const char *text;     /* terminated */
    size_t length;
    const struct token *tokens;
    size_t token_count;
    const size_t *line_starts;
    size_t line_count;
    const struct compiler_flags *flags; /* of those given; NULL: only included */
};

struct source_set;

struct source_set *source_set_new(void);
void source_set_free(struct source_set *set);

/* The file at `path`, read at its first use; NULL with errno. */
const struct source *source_open(struct source_set *set, const char *path);

/* The same of a file given, and how it is compiled; a second opening does not change that. */
const struct source *source_open_given(struct source_set *set, const char *path,
                                       const struct compiler_flags *flags);

/* All files read so far, in the order of reading. */
const struct source *const *source_list(const struct source_set *set, size_t *ret_count);

/* The place of `length` bytes at `offset`. */
struct location source_location(const struct source *source, size_t offset, size_t length);

/* The first token that begins at or behind the offset; their number if there is none. */
size_t source_token_from(const struct source *source, size_t offset);

/* Behind what ends the declaration, or the preprocessor line, before the one at `offset`. */
size_t source_declaration_begin(const struct source *source, size_t offset);

/* The line of `offset`, from 1. */
unsigned source_line(const struct source *source, size_t offset);

#endif
