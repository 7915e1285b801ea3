/* SPDX-License-Identifier: MIT */
/* Any bytes as a C source: cut into tokens that lie within it, in order; each comment with
 * directives is parsed, and each complaint points into the text. */
#include "annotation.h"
#include "arena.h"
#include "comment.h"
#include "job_option.h"
#include "scope.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_tokens(const struct source *source)
{
    size_t end = 0;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->begin >= token->end || token->end > source->length) abort();
        if (token->begin < end && !token->in_directive) abort();
        if (!token->in_directive) end = token->end;
        if (token->kind != TOKEN_DIRECTIVE && token->in_directive && !token_is_comment(token))
            abort();
    }
}

static void check_complaints(struct diag_list *diags, const struct source *source)
{
    size_t count;
    const struct complaint *complaints = diag_sorted(diags, &count);
    for (size_t i = 0; i < count; i++) {
        struct location at = complaints[i].at;
        if (!at.file || !at.line || at.line > source->line_count) abort();
        if (!at.column || source->line_starts[at.line - 1] + at.column - 1 > source->length)
            abort();
    }
}

static void parse(struct arena *arena, const struct source *source)
{
    size_t count;
    const struct comment_block *blocks = comment_blocks(arena, source, &count);
    struct job_options defaults;
    struct diag_list *diags = diag_new(NULL);
    job_options_init(&defaults);
    for (size_t i = 0; i < count; i++) {
        (void)comment_scan(source, blocks[i].begin, blocks[i].end);
        (void)annotation_parse(arena, source, &blocks[i], 1, &defaults, diags);
    }
    if (count) (void)annotation_parse(arena, source, blocks, count, &defaults, diags);
    check_complaints(diags, source);
    diag_free(diags);
}

static void read_scope(struct arena *arena, const struct source *source)
{
    struct scope scope;
    scope_init(&scope, arena, source);
    for (size_t f = 0; f < scope.function_count; f++) {
        const struct scope_function *function = &scope.functions[f];
        if (function->end > scope.code.count || function->body >= function->end) abort();
        for (size_t at = function->body; at < function->end; at++)
            if (code_has_word(&scope.code, at) && !scope_is_other_name(&scope.code, at))
                (void)(scope_is_local(&scope, function, at) || scope_is_write(&scope.code, at));
    }
    scope_fini(&scope);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    /* In memory of its own, so that the address sanitizer sees who reads beyond. */
    char *text = malloc(size + 1);
    size_t *lines = malloc((size + 1) * sizeof *lines);
    if (!text || !lines) abort();
    memcpy(text, bytes, size);
    text[size] = '\0';
    struct source source = {.path = "fuzz.c", .identity = "fuzz.c", .text = text, .length = size};
    lines[source.line_count++] = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\n') lines[source.line_count++] = i + 1;
    source.line_starts = lines;
    struct arena *arena = arena_new();
    source.tokens = lexer_run(arena, text, size, &source.token_count);
    check_tokens(&source);
    parse(arena, &source);
    read_scope(arena, &source);
    arena_free(arena);
    free(lines);
    free(text);
    return 0;
}
