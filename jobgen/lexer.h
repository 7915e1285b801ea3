/* SPDX-License-Identifier: MIT */
/* C cut into the pieces that matter for finding tags: words, punctuation, literals, preprocessor
 * lines and, above all, comments. */
#ifndef JOBGEN_LEXER_H
#define JOBGEN_LEXER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum token_kind {
    TOKEN_WORD,
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_CHARACTER,
    TOKEN_PUNCTUATION,   /* one byte */
    TOKEN_DIRECTIVE,     /* a whole preprocessor line, splices included */
    TOKEN_BLOCK_COMMENT, /* from its first slash to behind its last */
    TOKEN_LINE_COMMENT   /* without the line's end */
};

struct token {
    enum token_kind kind;
    bool in_directive; /* a comment within the directive before it */
    size_t begin, end; /* bytes of the text, end exclusive */
};

/* All tokens of a text, in order of their first byte; the comments of a directive follow it. */
const struct token *lexer_run(struct arena *arena, const char *text, size_t length,
                              size_t *ret_count);

bool token_is_comment(const struct token *token);

/* Whether a directive token is `#name`. */
bool token_is_directive(const struct token *token, const char *text, const char *name);

/* Whether the directive is an #include; of `"a.h"` and `<a.h>` the bytes between the delimiters and
 * the opening one, which is 0 where a macro names the file. */
bool token_include(const struct token *token, const char *text, size_t *ret_begin,
                   size_t *ret_length, char *ret_delimiter);

bool byte_is_word(char c); /* letters, digits, _, $ and all bytes beyond ASCII */

#endif
