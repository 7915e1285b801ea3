/* SPDX-License-Identifier: MIT */
/* A tag belongs to the declaration whose start..name spans it, else to the first that starts after
 * it. Everything else is told as a reason. */
#include "place.h"

#include "arena.h"

#include <stdint.h>
#include <string.h>

static bool is_code(const struct token *token)
{
    return !token_is_comment(token) && token->kind != TOKEN_DIRECTIVE;
}

static bool is_skipped(const struct file_outline *outline, size_t offset)
{
    for (size_t i = 0; i < outline->skipped_count; i++)
        if (offset >= outline->skipped[i].begin && offset < outline->skipped[i].end) return true;
    return false;
}

static struct placement nowhere(const char *trouble)
{
    return (struct placement){.outcome = PLACED_NOWHERE, .trouble = trouble};
}

static const char *directive_trouble(const struct file_outline *outline, size_t token)
{
    const struct source *source = outline->source;
    while (token && source->tokens[token].kind != TOKEN_DIRECTIVE)
        token--;
    return token_is_directive(&source->tokens[token], source->text, "define")
               ? "this tag stands inside a macro definition"
               : "this tag stands behind a preprocessor line; it belongs on a line of its own";
}

/* Code before it on its line and none behind it. */
static bool is_trailing(const struct source *source, const struct comment_block *block)
{
    size_t before = block->token, after = block->token;
    while (before && token_is_comment(&source->tokens[before - 1]))
        before--;
    while (after < source->token_count &&
           (source->tokens[after].begin < block->end || token_is_comment(&source->tokens[after])))
        after++;
    if (!before || !is_code(&source->tokens[before - 1]) ||
        source_line(source, source->tokens[before - 1].end - 1) !=
            source_line(source, block->begin))
        return false;
    return after == source->token_count ||
           source_line(source, source->tokens[after].begin) != source_line(source, block->end - 1);
}

/* Braces still open at `offset`, counted from the end of the last declaration before it. */
static size_t brace_depth(const struct file_outline *outline, size_t from, size_t offset)
{
    const struct source *source = outline->source;
    size_t depth = 0;
    for (size_t i = source_token_from(source, from);
         i < source->token_count && source->tokens[i].begin < offset; i++) {
        const struct token *token = &source->tokens[i];
        if (token->kind != TOKEN_PUNCTUATION || is_skipped(outline, token->begin)) continue;
        char c = source->text[token->begin];
        if (c == '{')
            depth++;
        else if (c == '}' && depth)
            depth--;
    }
    return depth;
}

/* How many declarations begin before the offset. */
static size_t count_before(const struct file_outline *outline, size_t offset)
{
    size_t low = 0, high = outline->declaration_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (outline->declarations[middle].begin < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct declaration *declaration_before(const struct file_outline *outline,
                                                    size_t offset)
{
    const struct declaration *found = NULL;
    size_t count = count_before(outline, offset);
    for (size_t i = 0; i < count; i++) {
        const struct declaration *at = &outline->declarations[i];
        if (at->end <= offset && (!found || at->end >= found->end)) found = at;
    }
    return found;
}

/* Whether the declaration, whose end in the tree is its ), goes on where the tag stands: nothing
 * has ended it yet, or its body comes next. What a macro made has no end in the text. */
static bool is_unfinished(const struct file_outline *outline, const struct declaration *before,
                          size_t offset)
{
    const struct source *source = outline->source;
    size_t length = strlen(before->spelling);
    if (before->kind != DECLARATION_FUNCTION || before->name + length > source->length ||
        memcmp(source->text + before->name, before->spelling, length) != 0)
        return false;
    bool has_ended = false;
    for (size_t i = source_token_from(source, before->end); i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (is_skipped(outline, token->begin) || !is_code(token)) continue;
        char c = token->kind == TOKEN_PUNCTUATION ? source->text[token->begin] : '\0';
        if (token->begin > offset) return c == '{' || !has_ended;
        has_ended |= c == ';' || c == '}';
    }
    return false;
}

static struct placement place_inside(struct arena *arena, const struct declaration *around)
{
    return nowhere(
        arena_printf(arena, "this tag stands inside the declaration of '%s'", around->spelling));
}

static size_t same_start_count(const struct file_outline *outline, size_t begin)
{
    size_t count = 0;
    for (size_t i = count_before(outline, begin);
         i < outline->declaration_count && outline->declarations[i].begin == begin; i++)
        count += outline->declarations[i].kind != DECLARATION_RECORD;
    return count;
}

/* The declaration among those starting at `begin` that a tag before them is about. */
static size_t pick(const struct file_outline *outline, size_t first)
{
    size_t begin = outline->declarations[first].begin;
    for (size_t i = first;
         i < outline->declaration_count && outline->declarations[i].begin == begin; i++)
        if (outline->declarations[i].kind == DECLARATION_FUNCTION) return i;
    return first;
}

static struct placement place_at(struct arena *arena, const struct file_outline *outline,
                                 size_t first)
{
    size_t declaration = pick(outline, first);
    const struct declaration *found = &outline->declarations[declaration];
    if (same_start_count(outline, found->begin) > 1)
        return nowhere("this tag stands before several declarators; give each function a "
                       "declaration of its own");
    if (found->kind != DECLARATION_FUNCTION)
        return nowhere(arena_printf(
            arena, "a tag must stand before a function; next comes %s%s%s%s", found->what,
            *found->spelling ? " '" : "", found->spelling, *found->spelling ? "'" : ""));
    return (struct placement){.outcome = PLACED, .declaration = declaration};
}

static struct placement place_after(struct arena *arena, const struct file_outline *outline,
                                    size_t offset)
{
    size_t next = count_before(outline, offset);
    if (next < outline->declaration_count) return place_at(arena, outline, next);
    struct placement lost = nowhere("a tag must stand before a function; nothing follows this one");
    lost.may_be_lost = true;
    return lost;
}

/* Whether braces are open where the next declaration begins, or at the end. */
static bool is_unbalanced(const struct file_outline *outline, const struct declaration *before)
{
    size_t from = before ? before->end : 0, end = outline->source->length;
    for (size_t i = 0; i < outline->declaration_count; i++) {
        size_t begin = outline->declarations[i].begin;
        if (begin >= from && begin < end) end = begin;
    }
    return brace_depth(outline, from, end) > 0;
}

static struct placement place_in_body(struct arena *arena, const struct file_outline *outline,
                                      const struct declaration *before)
{
    struct placement inside = nowhere(
        before ? arena_printf(arena, "this tag stands inside the body of '%s'", before->spelling)
               : "this tag stands inside braces");
    inside.may_be_lost = true;
    inside.is_unbalanced = is_unbalanced(outline, before);
    return inside;
}

struct placement place_find(struct arena *arena, const struct file_outline *outline,
                            const struct comment_block *block, size_t tag_offset)
{
    const struct source *source = outline->source;
    if (source->tokens[block->token].in_directive)
        return nowhere(directive_trouble(outline, block->token));
    if (is_skipped(outline, tag_offset)) return (struct placement){.outcome = PLACED_SKIPPED};
    size_t count = count_before(outline, tag_offset);
    for (size_t i = 0; i < count; i++) {
        const struct declaration *at = &outline->declarations[i];
        if (tag_offset < at->name && at->kind != DECLARATION_RECORD)
            return place_at(arena, outline, i);
    }
    for (size_t i = 0; i < count; i++)
        if (tag_offset < outline->declarations[i].end)
            return place_inside(arena, &outline->declarations[i]);
    const struct declaration *before = declaration_before(outline, tag_offset);
    if (brace_depth(outline, before ? before->end : 0, tag_offset))
        return place_in_body(arena, outline, before);
    if (before && is_unfinished(outline, before, tag_offset)) return place_inside(arena, before);
    if (is_trailing(source, block))
        return nowhere("this tag trails behind code; it belongs before a function");
    return place_after(arena, outline, tag_offset);
}

static bool is_word(const struct source *source, const struct token *token, const char *word)
{
    size_t length = strlen(word);
    return token->kind == TOKEN_WORD && token->end - token->begin == length &&
           memcmp(source->text + token->begin, word, length) == 0;
}

/* Whether a struct's { comes next among what ends declarations and opens bodies. */
static bool is_before_body(const struct source *source, const struct comment_block *block)
{
    for (size_t i = block->token; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->begin < block->end) continue;
        if (is_word(source, token, "union") || is_word(source, token, "enum")) return false;
        char c = token->kind == TOKEN_PUNCTUATION ? source->text[token->begin] : ' ';
        if (strchr(";{}", c)) return c == '{';
    }
    return false;
}

bool place_is_before_struct(const struct file_outline *outline, const struct comment_block *block)
{
    size_t next = SIZE_MAX, end = 0;
    for (size_t i = 0; i < outline->declaration_count; i++) {
        const struct declaration *at = &outline->declarations[i];
        if (at->is_struct && at->begin < block->begin && at->end > block->begin)
            return is_before_body(outline->source, block);
        if (at->begin < block->end || at->begin > next) continue;
        next = at->begin;
        if (at->end > end) end = at->end;
    }
    for (size_t i = 0; i < outline->declaration_count; i++) {
        const struct declaration *at = &outline->declarations[i];
        if (at->is_struct && at->begin >= next && at->begin <= end) return true;
    }
    return false;
}
