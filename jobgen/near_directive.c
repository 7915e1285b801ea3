/* SPDX-License-Identifier: MIT */
/* Near is one letter, or upper case, and the right form behind it: other tools' words are many. */
#include "near_directive.h"

#include "diag.h"
#include "near_miss.h"
#include "source.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 6 }; /* "fields" */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (byte_is_word(text[length]))
        length++;
    return length;
}

static bool word_is(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && !byte_is_word(text[length]);
}

static bool is_line_end(const char *text)
{
    text = skip_blanks(text);
    return !*text || *text == '\n';
}

static bool is_job_tail(const char *text)
{
    return is_line_end(text) || *skip_blanks(text) == '(';
}

/* " name", alone or with an extent or the word for a string behind it. */
static bool is_field_tail(const char *text)
{
    const char *name = skip_blanks(text);
    size_t length = word_length(name);
    if (name == text || !length) return false;
    const char *behind = skip_blanks(name + length);
    return *behind == '[' || is_line_end(behind) || word_is(behind, "string");
}

static const char *meant_by(const char *word, size_t length, bool is_spaced)
{
    static const char *const names[] = {"job", "field"};
    char lower[LONGEST + 1];
    if (length < 2 || length > LONGEST) return NULL;
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)tolower((unsigned char)word[i]);
    lower[length] = '\0';
    for (size_t i = 0; i < 2; i++) {
        if (strcmp(lower, names[i]) == 0) return names[i];
        if (!is_spaced && lower[0] == names[i][0] && near_miss_is_one_letter(lower, names[i]))
            return names[i];
    }
    return NULL;
}

/* Behind the parentheses of an option list, if there is one. */
static const char *skip_options(const char *text)
{
    if (*text == '(') text += strcspn(text, ")");
    return *text == ')' ? text + 1 : text;
}

/* "| @job |", "- @job": in the line nothing else can be read, before it or behind it. */
static bool is_alone(const struct mapped_text *comment, size_t at, const char *behind)
{
    while (at && comment->text[at - 1] != '\n')
        if (byte_is_word(comment->text[--at])) return false;
    while (*behind && *behind != '\n')
        if (byte_is_word(*behind++)) return false;
    return true;
}

/* "Squares. @job": behind a sentence, at the comment's end. */
static bool is_behind_sentence(const struct mapped_text *comment, size_t at, const char *behind)
{
    size_t before = at;
    while (before && strchr(" \t", comment->text[before - 1]))
        before--;
    return before && before < at && strchr(".!?:;)-", comment->text[before - 1]) &&
           !behind[strspn(behind, " \t\n")];
}

/* A word without a meaning. */
static struct near_directive misspelt(const struct mapped_text *comment, size_t at)
{
    const char *text = comment->text + at, *word = skip_blanks(text + 1);
    size_t length = word_length(word);
    const char *meant = meant_by(word, length, word > text + 1);
    if (!meant || (word == text + 1 && word_is(word, meant))) return (struct near_directive){0};
    bool is_job = *meant == 'j';
    if (is_job ? !is_job_tail(word + length) : !is_field_tail(word + length))
        return (struct near_directive){0};
    return (struct near_directive){.meant = is_job ? "@job" : "@field",
                                   .offset = comment->offsets[at],
                                   .length = (size_t)(word - text) + length};
}

struct near_directive near_directive_at(const struct mapped_text *comment, size_t at,
                                        bool is_line_start)
{
    static const char tag[] = "@job";
    const char *text = comment->text + at;
    if (*text != '@') return (struct near_directive){0};
    if (is_line_start) return misspelt(comment, at);
    if (!word_is(text + 1, tag + 1)) return (struct near_directive){0};
    const char *behind = skip_options(text + strlen(tag));
    if (!is_alone(comment, at, behind) && !is_behind_sentence(comment, at, behind))
        return (struct near_directive){0};
    return (struct near_directive){.meant = tag,
                                   .is_behind_text = true,
                                   .offset = comment->offsets[at],
                                   .length = strlen(tag)};
}

void near_directive_tell(const struct near_directive *near, const struct source *source,
                         struct diag_list *diags)
{
    struct location at = source_location(source, near->offset, (unsigned)near->length);
    if (near->is_behind_text) {
        diag_warning(diags, at, CHECK_NEAR_DIRECTIVE,
                     "this @job is not read: it has to begin a line of its comment");
        return;
    }
    diag_warning(diags, at, CHECK_NEAR_DIRECTIVE, "'%.*s' is no directive; did you mean '%s'?",
                 (int)near->length, source->text + near->offset, near->meant);
    diag_fixit(diags, at, near->meant);
}
