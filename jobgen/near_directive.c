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
    const char *name = skip_blanks(text), *at = name;
    while (byte_is_word(*at))
        at++;
    if (name == text || at == name) return false;
    const char *behind = skip_blanks(at);
    return *behind == '[' || is_line_end(behind) ||
           (strncmp(behind, "string", 6) == 0 && !byte_is_word(behind[6]));
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

/* "Squares. @job": behind a sentence, at the comment's end. */
static bool is_behind_sentence(const struct mapped_text *comment, size_t at)
{
    size_t before = at;
    while (before && strchr(" \t", comment->text[before - 1]))
        before--;
    if (!before || before == at || !strchr(".!?:;)-", comment->text[before - 1])) return false;
    const char *behind = comment->text + at + strlen("@job");
    if (*behind == '(') behind += strcspn(behind, ")");
    if (*behind == ')') behind++;
    return !behind[strspn(behind, " \t\n")];
}

struct near_directive near_directive_at(const struct mapped_text *comment, size_t at,
                                        bool is_line_start)
{
    struct near_directive none = {0};
    const char *text = comment->text + at;
    if (*text != '@') return none;
    const char *word = is_line_start ? skip_blanks(text + 1) : text + 1;
    size_t length = 0;
    while (byte_is_word(word[length]))
        length++;
    const char *meant = meant_by(word, length, word > text + 1);
    if (!meant) return none;
    bool is_job = *meant == 'j';
    bool is_exact = word == text + 1 && length == strlen(meant) && memcmp(word, meant, length) == 0;
    if (is_line_start ? is_exact : !is_exact || !is_job || !is_behind_sentence(comment, at))
        return none;
    if (is_job ? !is_job_tail(word + length) : !is_field_tail(word + length)) return none;
    return (struct near_directive){.meant = is_job ? "@job" : "@field",
                                   .is_behind_text = !is_line_start,
                                   .offset = comment->offsets[at],
                                   .length = (size_t)(word - text) + length};
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
