/* SPDX-License-Identifier: MIT */
/* The widths are the C library's, of a locale of our own: nothing may depend on the user's. */
#include "utf8.h"

#include <locale.h>
#include <stdbool.h>
#include <wchar.h>

static const uint32_t malformed = UINT32_MAX;

uint32_t utf8_next(const char *text, size_t length, size_t *ret_bytes)
{
    unsigned char first = (unsigned char)*text;
    size_t bytes = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    *ret_bytes = 1;
    if (bytes == 1) return first;
    if (!bytes || first > 0xF4 || bytes > length) return malformed;
    uint32_t character = first & (0xFFU >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xC0) != 0x80) return malformed;
        character = character << 6 | (next & 0x3F);
    }
    bool is_too_long = (bytes == 3 && character < 0x800) || (bytes == 4 && character < 0x10000);
    bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (is_too_long || is_surrogate || character > 0x10FFFF) return malformed;
    *ret_bytes = bytes;
    return character;
}

size_t utf8_count(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t at = 0, bytes; at < length; at += bytes, count++)
        (void)utf8_next(text + at, length - at, &bytes);
    return count;
}

int utf8_width(uint32_t character)
{
    if (character >= 0x20 && character < 0x7F) return 1;
    if (character == malformed) return -1;
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!locale) return character < 0xA0 ? -1 : 1;
    locale_t before = uselocale(locale);
    int width = wcwidth((wchar_t)character);
    (void)uselocale(before);
    freelocale(locale);
    return width;
}
