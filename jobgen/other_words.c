/* SPDX-License-Identifier: MIT */
#include "other_words.h"

#include "lexer.h"
#include "source.h"

#include <string.h>

static bool is_word_at(const char *text, size_t length, const char *word, size_t word_length)
{
    return length >= word_length && memcmp(text, word, word_length) == 0 &&
           (length == word_length || !byte_is_word(text[word_length]));
}

/* ---- HeaderDoc ---- */

static bool is_headerdoc(const struct mapped_text *comment)
{
    static const char *const words[] = {"@abstract", "@discussion"};
    for (size_t at = 0; at < comment->length; at++) {
        bool is_line_start = !at || comment->text[at - 1] == '\n';
        for (size_t i = 0; is_line_start && i < sizeof words / sizeof *words; i++)
            if (is_word_at(comment->text + at, comment->length - at, words[i], strlen(words[i])))
                return true;
    }
    return false;
}

/* ---- gtk-doc, kernel-doc ---- */

static bool directive_has(const struct source *source, const struct token *token, const char *word,
                          size_t length)
{
    for (size_t at = token->begin + 1; at < token->end; at++)
        if (!byte_is_word(source->text[at - 1]) &&
            is_word_at(source->text + at, token->end - at, word, length))
            return true;
    return false;
}

/* In the declaration behind `offset`, its body included, or in the macro that is defined there. */
static bool is_named_behind(const struct source *source, size_t offset, const char *word,
                            size_t length)
{
    size_t depth = 0;
    bool is_first = true;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        char c = source->text[token->begin];
        if (token->begin < offset || token_is_comment(token)) continue;
        if (token->kind == TOKEN_DIRECTIVE && is_first &&
            token_is_directive(token, source->text, "define"))
            return directive_has(source, token, word, length);
        is_first = false;
        if (token->kind == TOKEN_WORD && token->end - token->begin == length &&
            memcmp(source->text + token->begin, word, length) == 0)
            return true;
        if (token->kind != TOKEN_PUNCTUATION) continue;
        depth += c == '{';
        if (c == '}' && depth) depth--;
        if (!depth && (c == ';' || c == '}')) return false;
    }
    return false;
}

/* ---- FreeType ---- */

static bool has_job(const struct mapped_text *comment)
{
    for (const char *at = comment->text; (at = strstr(at, "@job")); at++)
        if (!byte_is_word(at[4])) return true;
    return false;
}

/* A heading, whose text begins in the next line. */
static bool is_heading(const char *behind_colon)
{
    behind_colon += strspn(behind_colon, " \t\r");
    return *behind_colon == '\n' || *behind_colon == '\0';
}

bool other_words_have(const struct mapped_text *comment, size_t at, size_t length)
{
    const char *word = comment->text + at + 1;
    if (word[length] == ':')
        return (is_heading(word + length + 1) && !has_job(comment)) ||
               is_named_behind(comment->source, comment->offsets[comment->length], word, length);
    return length == 5 && memcmp(word, "field", 5) == 0 && is_headerdoc(comment);
}
