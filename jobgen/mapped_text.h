/* SPDX-License-Identifier: MIT */
/* Text that was made of a source's, and still knows where it came from. */
#ifndef JOBGEN_MAPPED_TEXT_H
#define JOBGEN_MAPPED_TEXT_H

#include "source.h"

#include <stddef.h>

struct mapped_text {
    const struct source *source;
    const char *text; /* terminated */
    size_t length;
    const size_t *offsets; /* of each byte in the source; length + 1 of them */
};

/* Where the bytes from `begin` to `end` stand in the source. */
struct location mapped_location(const struct mapped_text *text, size_t begin, size_t end);

#endif
