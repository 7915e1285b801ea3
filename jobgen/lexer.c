/* SPDX-License-Identifier: MIT */
/* One pass over the text. Line splices are honoured wherever they may hide the end of a line. */
#include "lexer.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>

struct lexer {
    const char *text;
    size_t length, at;
    struct token *tokens;
    size_t count, capacity;
};

bool byte_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r' || c == '\n';
}

bool token_is_comment(const struct token *token)
{
    return token->kind == TOKEN_BLOCK_COMMENT || token->kind == TOKEN_LINE_COMMENT;
}

static void token_add(struct lexer *lexer, struct token token)
{
    if (lexer->count == lexer->capacity) {
        lexer->capacity = lexer->capacity ? lexer->capacity * 2 : 256;
        lexer->tokens = memory_grow(lexer->tokens, lexer->capacity * sizeof *lexer->tokens);
    }
    lexer->tokens[lexer->count++] = token;
}

static char peek(const struct lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;
    return at < lexer->length ? lexer->text[at] : '\0';
}

/* The bytes of a line splice at `at`: 0 if there is none. */
static size_t splice_at(const struct lexer *lexer, size_t at)
{
    if (at + 1 < lexer->length && lexer->text[at] == '\\') {
        if (lexer->text[at + 1] == '\n') return 2;
        if (lexer->text[at + 1] == '\r' && at + 2 < lexer->length && lexer->text[at + 2] == '\n')
            return 3;
    }
    return 0;
}

static void skip_block_comment(struct lexer *lexer)
{
    lexer->at += 2;
    while (lexer->at < lexer->length && !(peek(lexer, 0) == '*' && peek(lexer, 1) == '/'))
        lexer->at++;
    lexer->at = lexer->at + 2 < lexer->length ? lexer->at + 2 : lexer->length;
}

static void skip_line(struct lexer *lexer)
{
    while (lexer->at < lexer->length && lexer->text[lexer->at] != '\n') {
        size_t splice = splice_at(lexer, lexer->at);
        lexer->at += splice ? splice : 1;
    }
}

static bool is_comment_here(const struct lexer *lexer)
{
    return peek(lexer, 0) == '/' && (peek(lexer, 1) == '*' || peek(lexer, 1) == '/');
}

static void take_comment(struct lexer *lexer, bool in_directive)
{
    size_t begin = lexer->at;
    bool is_block = peek(lexer, 1) == '*';
    if (is_block)
        skip_block_comment(lexer);
    else
        skip_line(lexer);
    size_t end = lexer->at;
    if (!is_block && end > begin && lexer->text[end - 1] == '\r') end--;
    token_add(lexer, (struct token){.kind = is_block ? TOKEN_BLOCK_COMMENT : TOKEN_LINE_COMMENT,
                                    .in_directive = in_directive,
                                    .begin = begin,
                                    .end = end});
}

/* A literal ends at its quote, or with its line if the quote is missing. */
static void skip_literal(struct lexer *lexer, char quote)
{
    lexer->at++;
    while (lexer->at < lexer->length) {
        size_t splice = splice_at(lexer, lexer->at);
        char c = lexer->text[lexer->at];
        if (splice) {
            lexer->at += splice;
        } else if (c == '\n') {
            return;
        } else if (c == '\\' && lexer->at + 1 < lexer->length) {
            lexer->at += 2;
        } else {
            lexer->at++;
            if (c == quote) return;
        }
    }
}

static void take_directive(struct lexer *lexer)
{
    size_t mine = lexer->count;
    token_add(lexer, (struct token){.kind = TOKEN_DIRECTIVE, .begin = lexer->at});
    while (lexer->at < lexer->length && lexer->text[lexer->at] != '\n') {
        size_t splice = splice_at(lexer, lexer->at);
        char c = lexer->text[lexer->at];
        if (splice)
            lexer->at += splice;
        else if (is_comment_here(lexer))
            take_comment(lexer, true);
        else if (c == '"')
            skip_literal(lexer, c);
        else
            lexer->at++;
    }
    lexer->tokens[mine].end = lexer->at;
}

static void take_word(struct lexer *lexer)
{
    size_t begin = lexer->at;
    bool is_number = is_digit(peek(lexer, 0)) || peek(lexer, 0) == '.';
    while (lexer->at < lexer->length) {
        char c = lexer->text[lexer->at];
        bool is_sign = is_number && (c == '+' || c == '-') && lexer->at > begin &&
                       strchr("eEpP", lexer->text[lexer->at - 1]) && !(peek(lexer, 1) == '\0');
        if (!byte_is_word(c) && !(is_number && c == '.') && !is_sign) break;
        lexer->at++;
    }
    token_add(lexer, (struct token){.kind = is_number ? TOKEN_NUMBER : TOKEN_WORD,
                                    .begin = begin,
                                    .end = lexer->at});
}

static void take_literal(struct lexer *lexer, char quote)
{
    size_t begin = lexer->at;
    skip_literal(lexer, quote);
    token_add(lexer, (struct token){.kind = quote == '"' ? TOKEN_STRING : TOKEN_CHARACTER,
                                    .begin = begin,
                                    .end = lexer->at});
}

static void take_punctuation(struct lexer *lexer)
{
    token_add(lexer,
              (struct token){.kind = TOKEN_PUNCTUATION, .begin = lexer->at, .end = lexer->at + 1});
    lexer->at++;
}

/* Bytes of the # that begins a directive, or of its other spelling; the text ends with a NUL. */
static size_t directive_mark(const char *at)
{
    if (at[0] == '#') return 1;
    return at[0] == '%' && at[1] == ':' ? 2 : 0;
}

const struct token *lexer_run(struct arena *arena, const char *text, size_t length,
                              size_t *ret_count)
{
    struct lexer lexer = {.text = text, .length = length};
    bool is_line_start = true;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) lexer.at = 3;
    while (lexer.at < length) {
        char c = text[lexer.at];
        size_t splice = splice_at(&lexer, lexer.at);
        if (splice) {
            lexer.at += splice;
            continue;
        }
        if (is_blank(c)) {
            is_line_start |= c == '\n';
            lexer.at++;
            continue;
        }
        if (is_comment_here(&lexer)) {
            take_comment(&lexer, false);
            continue;
        }
        if (is_line_start && directive_mark(text + lexer.at))
            take_directive(&lexer);
        else if (c == '"' || c == '\'')
            take_literal(&lexer, c);
        else if (byte_is_word(c) || (c == '.' && is_digit(peek(&lexer, 1))))
            take_word(&lexer);
        else
            take_punctuation(&lexer);
        is_line_start = false;
    }
    struct token *tokens = arena_alloc(arena, lexer.count * sizeof *tokens);
    if (lexer.count) memcpy(tokens, lexer.tokens, lexer.count * sizeof *tokens);
    free(lexer.tokens);
    *ret_count = lexer.count;
    return tokens;
}

/* Behind the directive's name and the blanks after it; NULL if it is another directive. */
static const char *directive_body(const struct token *token, const char *text, const char *name)
{
    if (token->kind != TOKEN_DIRECTIVE) return NULL;
    const char *at = text + token->begin, *end = text + token->end;
    at += directive_mark(at);
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    size_t length = strlen(name);
    if ((size_t)(end - at) < length || memcmp(at, name, length) != 0 ||
        (at + length < end && byte_is_word(at[length])))
        return NULL;
    at += length;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

bool token_is_directive(const struct token *token, const char *text, const char *name)
{
    return directive_body(token, text, name) != NULL;
}

bool token_include(const struct token *token, const char *text, size_t *ret_begin,
                   size_t *ret_length, char *ret_delimiter)
{
    const char *body = directive_body(token, text, "include");
    if (!body) body = directive_body(token, text, "include_next");
    if (!body) body = directive_body(token, text, "import");
    *ret_delimiter = '\0';
    if (!body) return false;
    const char *end = text + token->end;
    char close = body < end && *body == '"' ? '"' : body < end && *body == '<' ? '>' : '\0';
    if (!close) return true;
    const char *last = memchr(body + 1, close, (size_t)(end - body - 1));
    if (!last) return true;
    *ret_begin = (size_t)(body + 1 - text);
    *ret_length = (size_t)(last - body - 1);
    *ret_delimiter = *body;
    return true;
}
