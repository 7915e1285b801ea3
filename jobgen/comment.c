/* SPDX-License-Identifier: MIT */
/* Comments are cleaned before anything is looked for in them: frames of stars and slashes off,
 * every byte keeping its place in the source. */
#include "comment.h"

#include "arena.h"
#include "other_words.h"

#include <stdlib.h>
#include <string.h>

static bool is_frame(char c)
{
    return c == '*' || c == '/' || c == '!' || c == '<' || c == ' ' || c == '\t' || c == '\r' ||
           c == '\v' || c == '\f';
}

static size_t frame_skip(const struct source *source, size_t at, size_t end)
{
    while (at < end && is_frame(source->text[at]))
        at++;
    return at;
}

static size_t comment_body_end(const struct source *source, size_t begin, size_t end)
{
    bool is_block = end - begin >= 4 && source->text[begin + 1] == '*' &&
                    source->text[end - 1] == '/' && source->text[end - 2] == '*';
    return is_block ? end - 2 : end;
}

struct mapped_text comment_clean(struct arena *arena, const struct source *source, size_t begin,
                                 size_t end)
{
    size_t body_end = comment_body_end(source, begin, end);
    char *text = arena_alloc(arena, body_end - begin + 1);
    size_t *offsets = arena_alloc(arena, (body_end - begin + 1) * sizeof *offsets);
    size_t length = 0;
    for (size_t at = frame_skip(source, begin, body_end); at < body_end;) {
        char c = source->text[at];
        bool is_splice = c == '\\' && at + 1 < body_end && source->text[at + 1] == '\n';
        if (is_splice) {
            at += 2;
            continue;
        }
        if (c != '\r') {
            text[length] = c;
            offsets[length++] = at;
        }
        at++;
        if (c == '\n') at = frame_skip(source, at, body_end);
    }
    offsets[length] = body_end;
    return (struct mapped_text){source, text, length, offsets};
}

static bool word_is(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && !byte_is_word(text[length]);
}

static bool is_direction(const char *text)
{
    return word_is(text, "in") || word_is(text, "out") || word_is(text, "inout");
}

static bool is_directive_word(const char *text)
{
    return word_is(text, "job") || is_direction(text) || word_is(text, "field");
}

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (byte_is_word(text[length]))
        length++;
    return length;
}

static void hint_take(struct comment_hint *hint, const char *word, size_t offset)
{
    if (word_is(word, "job")) {
        if (!hint->has_job) hint->job_offset = offset;
        hint->has_job = true;
        hint->job_count++;
    } else if (word_is(word, "field")) {
        if (!hint->has_field) hint->field_offset = offset;
        hint->has_field = true;
    } else if (is_direction(word)) {
        if (!hint->has_direction) hint->direction_offset = offset;
        hint->has_direction = true;
    }
}

/* The end of what may be followed by another directive on its line. */
bool comment_has_directive_at(const struct mapped_text *text, size_t at, bool is_line_start,
                              bool has_directive)
{
    const char *word = text->text + at + 1;
    return text->text[at] == '@' && (is_line_start || has_directive) && is_directive_word(word) &&
           !other_words_have(text, at, word_length(word));
}

struct comment_hint comment_scan(const struct source *source, size_t begin, size_t end)
{
    struct comment_hint hint = {0};
    if (!memchr(source->text + begin, '@', end - begin)) return hint;
    struct arena *arena = arena_new();
    struct mapped_text text = comment_clean(arena, source, begin, end);
    bool is_line_start = true, has_directive = false;
    for (size_t at = 0; at < text.length; at++) {
        char c = text.text[at];
        if (c == '\n') {
            is_line_start = true;
            has_directive = false;
            continue;
        }
        if (comment_has_directive_at(&text, at, is_line_start, has_directive)) {
            hint_take(&hint, text.text + at + 1, text.offsets[at]);
            has_directive = true;
        } else if (!has_directive && !hint.near.meant) {
            hint.near = near_directive_at(&text, at, is_line_start);
        }
        is_line_start = is_line_start && (c == ' ' || c == '\t');
    }
    arena_free(arena);
    return hint;
}

bool comment_is_read(const struct comment_hint *hint)
{
    return hint->has_job || hint->has_direction || hint->has_field;
}

/* ---- blocks ---- */

static bool is_next_line(const struct source *source, const struct token *before,
                         const struct token *after)
{
    for (size_t at = before->end; at < after->begin; at++)
        if (!strchr(" \t\r\n\v\f", source->text[at])) return false;
    return source_line(source, before->begin) + 1 == source_line(source, after->begin) ||
           source_line(source, before->end) + 1 == source_line(source, after->begin);
}

/* A line comment behind code is about that code: it does not run on into the next line. */
static bool stands_alone(const struct source *source, const struct token *token)
{
    size_t at = token->begin;
    while (at && (source->text[at - 1] == ' ' || source->text[at - 1] == '\t'))
        at--;
    return !at || source->text[at - 1] == '\n';
}

static size_t block_last(const struct source *source, size_t first)
{
    const struct token *tokens = source->tokens;
    size_t last = first;
    if (tokens[first].kind != TOKEN_LINE_COMMENT || tokens[first].in_directive ||
        !stands_alone(source, &tokens[first]))
        return last;
    while (last + 1 < source->token_count && tokens[last + 1].kind == TOKEN_LINE_COMMENT &&
           !tokens[last + 1].in_directive && is_next_line(source, &tokens[last], &tokens[last + 1]))
        last++;
    return last;
}

const struct comment_block *comment_blocks(struct arena *arena, const struct source *source,
                                           size_t *ret_count)
{
    struct comment_block *blocks = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < source->token_count; i++) {
        if (!token_is_comment(&source->tokens[i])) continue;
        size_t last = block_last(source, i);
        struct comment_block block = {source->tokens[i].begin, source->tokens[last].end, i};
        struct comment_hint hint = comment_scan(source, block.begin, block.end);
        i = last;
        if (!comment_is_read(&hint) && !hint.near.meant) continue;
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 8;
            blocks = memory_grow(blocks, capacity * sizeof *blocks);
        }
        blocks[count++] = block;
    }
    struct comment_block *kept = arena_alloc(arena, count * sizeof *kept);
    if (count) memcpy(kept, blocks, count * sizeof *kept);
    free(blocks);
    *ret_count = count;
    return kept;
}
