/* SPDX-License-Identifier: MIT */
/* Pictures to pack. */
#ifndef TESTS_LIBRARIES_PICTURE_H
#define TESTS_LIBRARIES_PICTURE_H

enum { PICTURE_WIDTH = 60, PICTURE_HEIGHT = 40, PICTURE_SIZE = PICTURE_WIDTH * PICTURE_HEIGHT * 3 };

/* Fills in red, green and blue: smooth with edges, another one for each number. */
static inline void picture_make(int number, unsigned char ret_pixels[static PICTURE_SIZE])
{
    for (int i = 0; i < PICTURE_SIZE; i++)
        ret_pixels[i] = (unsigned char)(i * (number + 1) / 40 + (i % 100 == 0 ? 90 : 0));
}

#endif
