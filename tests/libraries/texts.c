/* SPDX-License-Identifier: MIT */
#include "texts.h"

#include <stdint.h>
#include <string.h>

static size_t prose(char *ret_text)
{
    static const char *const words[] = {"river",  "stone",        "house",  "under", "light",
                                        "seldom", "winter",       "and",    "the",   "of",
                                        "runs",   "b\xc3\xa4rig", "\0nul\n"};
    uint32_t seed = 1;
    size_t length = 0;
    while (length < TEXT_ROOM - 16) {
        seed = seed * 1103515245u + 12345u;
        const char *word = words[(seed >> 16) % (sizeof words / sizeof *words)];
        size_t size = *word == '\0' ? 5 : strlen(word);
        memcpy(ret_text + length, word, size);
        length += size;
        ret_text[length++] = ' ';
    }
    return length;
}

static size_t noise(char *ret_text)
{
    uint32_t seed = 7;
    for (size_t i = 0; i < 5000; i++) {
        seed = seed * 1664525u + 1013904223u;
        ret_text[i] = (char)(seed >> 24);
    }
    return 5000;
}

size_t text_make(size_t which, char ret_text[static TEXT_ROOM])
{
    switch (which) {
    case 0:
        return prose(ret_text);
    case 1:
        memset(ret_text, 'a', TEXT_ROOM);
        return TEXT_ROOM;
    case 2:
        return noise(ret_text);
    default:
        return 0;
    }
}
