/* SPDX-License-Identifier: MIT */
/* What tells one content from another. */
#ifndef JOBGEN_DIGEST_H
#define JOBGEN_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
    uint64_t low, high;
};

struct digest digest_of(const void *bytes, size_t length);

/* False: it cannot be read. */
bool digest_file(const char *path, struct digest *ret_digest);

bool digest_equal(struct digest left, struct digest right);

/* For tables in memory. */
uint64_t digest_short(const char *text);

#endif
