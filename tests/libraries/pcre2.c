/* SPDX-License-Identifier: MIT */
/* PCRE2: handles stay inside the job; pairs of offsets come back, as many as the result says. */
#include "pcre2_jobs.h"

#include "forms.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

static pcre2_code *compile(const char *pattern, int *ret_error)
{
    size_t at = 0;
    return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, ret_error, &at,
                         NULL);
}

/* As many pairs as there are, or room; negative: an error, or no match.
 *
 * @job
 * @in pattern string
 * @in subject[length]
 * @out ovector[2 * pairs] used(2 * return)
 */
int regex_match(const char *pattern, const char *subject, size_t length, size_t *ovector,
                uint32_t pairs)
{
    int error = 0;
    pcre2_code *code = compile(pattern, &error);
    if (code == NULL) return -error;
    pcre2_match_data *match = pcre2_match_data_create(pairs, NULL);
    int found = pcre2_match(code, (PCRE2_SPTR)subject, length, 0, 0, match, NULL);
    if (found == 0) found = (int)pairs;
    if (found > 0)
        memcpy(ovector, pcre2_get_ovector_pointer(match), 2 * (size_t)found * sizeof *ovector);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    return found;
}

/* The length is the room before the call, and what is used behind it, or what would be needed.
 *
 * @job
 * @in subject[length]
 * @out replaced[*replaced_length] @inout replaced_length
 */
int regex_replace(const char *pattern, const char *subject, size_t length, const char *replacement,
                  char *replaced, size_t *replaced_length)
{
    int error = 0;
    pcre2_code *code = compile(pattern, &error);
    if (code == NULL) return -error;
    int count = pcre2_substitute(code, (PCRE2_SPTR)subject, length, 0,
                                 PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH, NULL,
                                 NULL, (PCRE2_SPTR)replacement, PCRE2_ZERO_TERMINATED,
                                 (PCRE2_UCHAR *)replaced, replaced_length);
    pcre2_code_free(code);
    return count;
}

CALLS(regex_match, a->pattern, a->subject, a->length, a->ovector, a->pairs)
CALLS(regex_replace, a->pattern, a->subject, a->length, a->replacement, a->replaced,
      a->replaced_length)

enum { COUNT = 5, PAIRS = 6 };

/* A pattern that matches, one with groups that do not take part, one that finds nothing, more pairs
   than room, a pattern that is none. */
static const char *const patterns[COUNT] = {"(\\w+)@(\\w+)\\.org", "(a)|(b)|(\xc3\xa4)", "q{3}",
                                            "((((((o))))))", "(unclosed"};
static const char subject[] = "mail tom@example.org, or \xc3\xa4rger";

static void matches(enum form form, struct notes *notes)
{
    size_t ovectors[COUNT][2 * PAIRS];
    struct regex_match_args args[COUNT];
    struct regex_match_result results[COUNT];
    UNSET(ovectors, form);
    for (size_t i = 0; i < COUNT; i++)
        args[i] = (struct regex_match_args){patterns[i], subject, strlen(subject), ovectors[i],
                                            i == 3 ? 3 : PAIRS};
    regex_match_calls(form, args, COUNT, results);
    EXPECT(results[0].value == 3 && results[3].value == 3);
    EXPECT(results[2].value == PCRE2_ERROR_NOMATCH && results[4].value < PCRE2_ERROR_NOMATCH);
    for (size_t i = 0; i < COUNT; i++) {
        NOTE(notes, results[i].value);
        if (results[i].value > 0)
            note(notes, ovectors[i], 2 * (size_t)results[i].value * sizeof(size_t));
    }
}

/* The last one needs more than it has room for, and says how much. */
static void replacements(enum form form, struct notes *notes)
{
    static const char *const with[] = {"<$0>", "", "$1\xc3\xa4", "$0$0$0$0$0$0"};
    char replaced[4][100];
    size_t lengths[4];
    struct regex_replace_args args[4];
    struct regex_replace_result results[4];
    for (size_t i = 0; i < 4; i++) {
        lengths[i] = i == 3 ? 30 : sizeof replaced[i];
        memset(replaced[i], '#', sizeof replaced[i]);
        args[i] = (struct regex_replace_args){"[a-z](.)", subject,     strlen(subject),
                                              with[i],    replaced[i], &lengths[i]};
    }
    regex_replace_calls(form, args, 4, results);
    EXPECT(results[0].value > 5 && results[3].value == PCRE2_ERROR_NOMEMORY && lengths[3] > 30);
    EXPECT(strncmp(replaced[0], "<ma><il>", 8) == 0);
    for (size_t i = 0; i < 4; i++) {
        NOTE(notes, results[i].value);
        NOTE(notes, lengths[i]);
        if (i < 3) note(notes, replaced[i], lengths[i]);
        EXPECT(replaced[i][99] == '#');
    }
}

int main(void)
{
    static const struct check checks[] = {
        {"matches", matches},
        {"replacements", replacements},
    };
    return check_all(checks, sizeof checks / sizeof *checks);
}
