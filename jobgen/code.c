/* SPDX-License-Identifier: MIT */
/* Conditions are not evaluated but for 0, 1, include guards and C++: where it is not known which
 * branch is compiled, the first one stands for all of them, as doubtful. */
#include "code.h"

#include "arena.h"

#include <string.h>

enum { DEPTH_MOST = 64 };

enum branch { BRANCH_SURE, BRANCH_DOUBTFUL, BRANCH_SKIPPED };
enum truth { IS_TRUE, IS_FALSE, IS_UNKNOWN };

struct conditional {
    enum branch outer;
    bool is_taken; /* one of its branches was */
};

struct code_reader {
    const struct source *source;
    struct conditional open[DEPTH_MOST];
    size_t depth, too_deep;
    enum branch now;
    bool has_directive;
};

/* The words behind the name of a directive, as far as they go on one line. */
static const char *condition_of(const struct source *source, const struct token *token,
                                size_t *ret_length)
{
    const char *at = source->text + token->begin + 1, *end = source->text + token->end;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (at < end && byte_is_word(*at))
        at++;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    *ret_length = (size_t)(end - at);
    return at;
}

static bool text_is(const char *text, size_t length, const char *other)
{
    return strlen(other) == length && memcmp(text, other, length) == 0;
}

/* #ifndef X, with #define X as the next directive. */
static bool is_guard(const struct source *source, const struct token *token)
{
    size_t length, other_length;
    const char *name = condition_of(source, token, &length);
    for (size_t i = (size_t)(token - source->tokens) + 1; i < source->token_count; i++) {
        const struct token *next = &source->tokens[i];
        if (next->kind != TOKEN_DIRECTIVE) continue;
        if (!token_is_directive(next, source->text, "define")) return false;
        const char *defined = condition_of(source, next, &other_length);
        return other_length >= length && memcmp(defined, name, length) == 0;
    }
    return false;
}

static enum truth truth_of(const struct code_reader *reader, const struct token *token)
{
    size_t length;
    const struct source *source = reader->source;
    const char *text = condition_of(source, token, &length);
    bool is_absent = text_is(text, length, "__cplusplus") || text_is(text, length, "__JOBGEN__");
    if (token_is_directive(token, source->text, "ifdef")) return is_absent ? IS_FALSE : IS_UNKNOWN;
    if (token_is_directive(token, source->text, "ifndef"))
        return is_absent || (!reader->has_directive && is_guard(source, token)) ? IS_TRUE
                                                                                : IS_UNKNOWN;
    if (text_is(text, length, "0")) return IS_FALSE;
    return text_is(text, length, "1") ? IS_TRUE : IS_UNKNOWN;
}

static void enter_branch(struct code_reader *reader, struct conditional *conditional,
                         enum truth truth)
{
    if (conditional->is_taken || truth == IS_FALSE || conditional->outer == BRANCH_SKIPPED) {
        reader->now = BRANCH_SKIPPED;
        return;
    }
    conditional->is_taken = true;
    reader->now = truth == IS_TRUE ? conditional->outer : BRANCH_DOUBTFUL;
}

static void take_directive(struct code_reader *reader, const struct token *token)
{
    const char *text = reader->source->text;
    bool opens = token_is_directive(token, text, "if") ||
                 token_is_directive(token, text, "ifdef") ||
                 token_is_directive(token, text, "ifndef");
    if (opens && reader->depth == DEPTH_MOST) {
        reader->too_deep++;
    } else if (opens) {
        struct conditional *added = &reader->open[reader->depth++];
        *added = (struct conditional){.outer = reader->now};
        enter_branch(reader, added, truth_of(reader, token));
    } else if (token_is_directive(token, text, "endif")) {
        if (reader->too_deep)
            reader->too_deep--;
        else if (reader->depth)
            reader->now = reader->open[--reader->depth].outer;
    } else if (reader->depth && !reader->too_deep) {
        struct conditional *last = &reader->open[reader->depth - 1];
        if (token_is_directive(token, text, "elif"))
            enter_branch(reader, last, truth_of(reader, token));
        else if (token_is_directive(token, text, "else"))
            enter_branch(reader, last, IS_TRUE);
    }
    reader->has_directive = true;
}

struct code code_read(struct arena *arena, const struct source *source)
{
    struct code_reader reader = {.source = source};
    struct code_token *tokens = arena_alloc(arena, source->token_count * sizeof *tokens);
    size_t count = 0;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->kind == TOKEN_DIRECTIVE)
            take_directive(&reader, token);
        else if (!token_is_comment(token) && reader.now != BRANCH_SKIPPED)
            tokens[count++] = (struct code_token){.kind = token->kind,
                                                  .is_doubtful = reader.now == BRANCH_DOUBTFUL,
                                                  .begin = token->begin,
                                                  .end = token->end};
    }
    return (struct code){source, tokens, count};
}

char code_char(const struct code *code, size_t at)
{
    return at < code->count && code->tokens[at].kind == TOKEN_PUNCTUATION
               ? code->source->text[code->tokens[at].begin]
               : '\0';
}

bool code_has_word(const struct code *code, size_t at)
{
    return at < code->count && code->tokens[at].kind == TOKEN_WORD;
}

bool code_is_word(const struct code *code, size_t at, const char *word)
{
    return code_has_word(code, at) && text_is(code->source->text + code->tokens[at].begin,
                                              code->tokens[at].end - code->tokens[at].begin, word);
}

bool code_is_one_of(const struct code *code, size_t at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code_is_word(code, at, words[i])) return true;
    return false;
}

bool code_is_same_word(const struct code *code, size_t left, size_t right)
{
    const char *text = code->source->text;
    const struct code_token *a = &code->tokens[left], *b = &code->tokens[right];
    return a->kind == TOKEN_WORD && b->kind == TOKEN_WORD &&
           a->end - a->begin == b->end - b->begin &&
           memcmp(text + a->begin, text + b->begin, a->end - a->begin) == 0;
}

bool code_is_pair(const struct code *code, size_t at, char first, char second)
{
    return code_char(code, at) == first && code_char(code, at + 1) == second &&
           code->tokens[at].end == code->tokens[at + 1].begin;
}

const char *code_text(struct arena *arena, const struct code *code, size_t at)
{
    const struct code_token *token = &code->tokens[at];
    return arena_strndup(arena, code->source->text + token->begin, token->end - token->begin);
}

size_t code_skip_group(const struct code *code, size_t at)
{
    size_t depth = 0;
    for (; at < code->count; at++) {
        char c = code_char(code, at);
        if (c == '(' || c == '[' || c == '{') depth++;
        if ((c == ')' || c == ']' || c == '}') && --depth == 0) return at + 1;
    }
    return at;
}
