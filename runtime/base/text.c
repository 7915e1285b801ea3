/* SPDX-License-Identifier: MIT */
/* Text that others chose, on its way to a terminal or a log. */
#include "text.h"

#include <stddef.h>

/* Bytes of the control character that begins here; 0: none does. U+0080 to U+009F have two. */
static size_t control_size(const char *text)
{
    unsigned char first = (unsigned char)text[0], second = (unsigned char)text[1];
    if (first < ' ' || first == 0x7f) return 1;
    return first == 0xc2 && second >= 0x80 && second <= 0x9f ? 2 : 0;
}

bool jgi_text_is_tame(const char *text)
{
    for (; *text != '\0'; text++)
        if (control_size(text) > 0) return false;
    return true;
}

void jgi_text_tame(char *text)
{
    for (; *text != '\0'; text++)
        for (size_t left = control_size(text); left > 0; left--)
            text[left - 1] = '?';
}
