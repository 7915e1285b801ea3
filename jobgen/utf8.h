/* SPDX-License-Identifier: MIT */
/* UTF-8 in texts that may be anything. */
#ifndef JOBGEN_UTF8_H
#define JOBGEN_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The character at the beginning of `text`, of which `length` bytes (at least one) may be read, and
 * its bytes. 0xFFFFFFFF, and one byte, where there is no well-formed character. */
uint32_t utf8_next(const char *text, size_t length, size_t *ret_bytes);

/* How many characters the first `length` bytes of a text are; a stray byte counts as one. */
size_t utf8_count(const char *text, size_t length);

/* Columns a character takes on a terminal: 0, 1 or 2; -1 for what cannot be shown. */
int utf8_width(uint32_t character);

#endif
