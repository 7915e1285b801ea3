/* SPDX-License-Identifier: MIT */
/* Characters, well-formed and not, and how wide they are. */
#include "utf8.h"

#include <criterion/criterion.h>
#include <string.h>

Test(utf8, what_is_well_formed_is_read_and_what_is_not_is_one_byte)
{
    static const struct {
        const char *text;
        uint32_t character;
        size_t bytes;
    } rows[] = {
        {"a", 'a', 1},
        {"\xC3\xA4", 0xE4, 2},
        {"\xE2\x82\xAC", 0x20AC, 3},
        {"\xF0\x9F\x98\x80", 0x1F600, 4},
        {"\xC3", UINT32_MAX, 1},             /* cut off */
        {"\x80", UINT32_MAX, 1},             /* no first byte */
        {"\xC0\xAF", UINT32_MAX, 1},         /* longer than needed */
        {"\xE0\x80\xAF", UINT32_MAX, 1},     /* likewise */
        {"\xED\xA0\x80", UINT32_MAX, 1},     /* a surrogate */
        {"\xF4\x90\x80\x80", UINT32_MAX, 1}, /* beyond the last */
        {"\xFF", UINT32_MAX, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t bytes;
        cr_expect_eq(utf8_next(rows[i].text, strlen(rows[i].text), &bytes), rows[i].character,
                     "row %zu", i);
        cr_expect_eq(bytes, rows[i].bytes, "row %zu", i);
    }
}

Test(utf8, characters_are_counted)
{
    cr_expect_eq(utf8_count("a\xC3\xA4\xFF\xE2\x82\xAC", 7), 4);
    cr_expect_eq(utf8_count("", 0), 0);
}

Test(utf8, widths_do_not_depend_on_the_locale)
{
    cr_expect_eq(utf8_width('a'), 1);
    cr_expect_eq(utf8_width(0xE4), 1);
    cr_expect_eq(utf8_width(0x301), 0);  /* combining */
    cr_expect_eq(utf8_width(0x4E2D), 2); /* CJK */
    cr_expect_eq(utf8_width(0x1B), -1);
    cr_expect_eq(utf8_width(UINT32_MAX), -1);
}
