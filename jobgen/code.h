/* SPDX-License-Identifier: MIT */
/* A source as the compiler may see it: its tokens without comments and directives, and without what
 * conditions surely leave out. */
#ifndef JOBGEN_CODE_H
#define JOBGEN_CODE_H

#include "source.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct code_token {
    enum token_kind kind;
    bool is_doubtful; /* whether it is compiled depends on what only the compiler knows */
    size_t begin, end;
};

struct code {
    const struct source *source;
    const struct code_token *tokens; /* where conditions have several branches, one of them */
    size_t count;
};

struct code code_read(struct arena *arena, const struct source *source);

/* The byte of a punctuation token; 0: another token, or none. */
char code_char(const struct code *code, size_t at);

bool code_is_word(const struct code *code, size_t at, const char *word);
bool code_is_one_of(const struct code *code, size_t at, const char *const *words, size_t count);
bool code_has_word(const struct code *code, size_t at); /* any word */

bool code_is_same_word(const struct code *code, size_t left, size_t right);

/* Whether two punctuation tokens touch: ++, ->, <=. */
bool code_is_pair(const struct code *code, size_t at, char first, char second);

/* The text of a token; in the arena. */
const char *code_text(struct arena *arena, const struct code *code, size_t at);

/* Behind the bracket that closes the one at `at`. */
size_t code_skip_group(const struct code *code, size_t at);

#endif
