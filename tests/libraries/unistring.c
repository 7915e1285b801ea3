/* SPDX-License-Identifier: MIT */
/* libunistring: texts of uint8_t, counted or up to their NUL; a NULL buffer makes the library
 * allocate what comes back. */
#include "unistring_jobs.h"

#include "forms.h"

#include <stdlib.h>
#include <unicase.h>
#include <unilbrk.h>
#include <uninorm.h>
#include <unistr.h>

/* A text in lower case; NULL: it is no UTF-8.
 *
 * @job
 * @in text[length]
 * @in language string optional
 * @out return[*ret_length] owned
 * @out ret_length
 */
uint8_t *lower(const uint8_t *text, size_t length, const char *language, size_t *ret_length)
{
    *ret_length = 0;
    uint8_t *made = u8_tolower(text, length, language, UNINORM_NFC, NULL, ret_length);
    if (made == NULL) *ret_length = 0;
    return made;
}

/* Its characters.
 *
 * @job
 * @in text string
 * @out *ret_characters[*ret_count] owned
 * @out ret_count
 */
int characters(const uint8_t *text, ucs4_t **ret_characters, size_t *ret_count)
{
    *ret_count = 0;
    *ret_characters = u8_to_u32(text, u8_strlen(text), NULL, ret_count);
    if (*ret_characters == NULL) *ret_count = 0;
    return *ret_characters == NULL ? -1 : 0;
}

/* Where lines of so many columns break; the columns of the last one.
 *
 * @job
 * @in text[length]
 * @out breaks[length]
 */
int lines(const uint8_t *text, size_t length, int width, char *breaks)
{
    return u8_width_linebreaks(text, length, width, 0, 0, NULL, "UTF-8", breaks);
}

CALLS(lower, a->text, a->length, a->language, a->ret_length)
CALLS(characters, a->text, a->ret_characters, a->ret_count)
CALLS(lines, a->text, a->length, a->width, a->breaks)

enum { COUNT = 4, ROOM = 100 };

static void texts(enum form form, struct notes *notes)
{
    static const char *const said[COUNT] = {("GR\xc3\x9c\xe1\xba\x9e"
                                             "E from I to \xe6\xbc\xa2\xe5\xad\x97"),
                                            "I", "", "no \xff"};
    size_t lengths[COUNT], counts[COUNT];
    ucs4_t *found[COUNT];
    char breaks[COUNT][ROOM];
    struct lower_args lower_args[COUNT];
    struct lower_result lowers[COUNT];
    struct characters_args characters_args[COUNT];
    struct characters_result results[COUNT];
    struct lines_args lines_args[COUNT];
    struct lines_result columns[COUNT];
    UNSET(lengths, form);
    UNSET(counts, form);
    UNSET(found, form);
    memset(breaks, 0, sizeof breaks);
    for (int i = 0; i < COUNT; i++) {
        const uint8_t *text = (const uint8_t *)said[i];
        size_t length = strlen(said[i]);
        lower_args[i] = (struct lower_args){text, length, i == 1 ? "tr" : NULL, &lengths[i]};
        characters_args[i] = (struct characters_args){text, &found[i], &counts[i]};
        lines_args[i] = (struct lines_args){text, length, 12, breaks[i]};
    }
    lower_calls(form, lower_args, COUNT, lowers);
    characters_calls(form, characters_args, COUNT, results);
    lines_calls(form, lines_args, COUNT - 1, columns);
    EXPECT(lengths[1] == 2 && memcmp(lowers[1].value, "\xc4\xb1", 2) == 0);
    EXPECT(results[0].value == 0 && counts[0] == 18 && found[0][17] == 0x5b57);
    EXPECT(results[COUNT - 1].value == -1 && found[COUNT - 1] == NULL);
    EXPECT(breaks[0][14] == UC_BREAK_POSSIBLE);
    for (int i = 0; i < COUNT; i++) {
        note(notes, lowers[i].value, lengths[i]);
        note(notes, found[i], counts[i] * sizeof *found[i]);
        NOTE(notes, results[i].value);
        if (i < COUNT - 1) NOTE(notes, columns[i].value);
        NOTE(notes, breaks[i]);
        free(lowers[i].value);
        free(found[i]);
    }
}

int main(void)
{
    static const struct check checks[] = {{"texts", texts}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
