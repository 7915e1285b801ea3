/* SPDX-License-Identifier: MIT */
/* By SSE2, which every x86-64 has. */
#include "bulk_copy.h"

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>

enum { WORD = 16, LINE = 4 * WORD };
static const size_t size_min = (size_t)16 << 20; /* who reads a smaller one may find it cached */

/* `to` is aligned; the size is one of whole lines. */
static void copy_lines(uint8_t *to, const uint8_t *from, size_t size)
{
    for (size_t at = 0; at < size; at += LINE) {
        const __m128i *line = (const __m128i *)(const void *)(from + at);
        __m128i *room = (__m128i *)(void *)(to + at);
        __m128i a = _mm_loadu_si128(line), b = _mm_loadu_si128(line + 1),
                c = _mm_loadu_si128(line + 2), d = _mm_loadu_si128(line + 3);
        _mm_stream_si128(room, a);
        _mm_stream_si128(room + 1, b);
        _mm_stream_si128(room + 2, c);
        _mm_stream_si128(room + 3, d);
    }
    _mm_sfence();
}

void jgi_bulk_copy(void *to, const void *from, size_t size)
{
    size_t before = -(uintptr_t)to % LINE;
    if (size < size_min) {
        memcpy(to, from, size);
        return;
    }
    size_t lines = (size - before) / LINE * LINE, behind = before + lines;
    memcpy(to, from, before);
    copy_lines((uint8_t *)to + before, (const uint8_t *)from + before, lines);
    memcpy((uint8_t *)to + behind, (const uint8_t *)from + behind, size - behind);
}
#else
void jgi_bulk_copy(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
}
#endif
