/* SPDX-License-Identifier: MIT */
/* Inputs of several kinds and sizes. */
#ifndef TESTS_LIBRARIES_TEXTS_H
#define TESTS_LIBRARIES_TEXTS_H

#include <stddef.h>

enum { TEXT_COUNT = 4, TEXT_ROOM = 20000 };

/* Fills `ret_text` with the kind `which` of text (prose, one letter, noise, nothing), and returns
   its length. */
size_t text_make(size_t which, char ret_text[static TEXT_ROOM]);

#endif
