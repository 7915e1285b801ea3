/* SPDX-License-Identifier: MIT */
/* A set of numbers above a rising floor, a bit each. */
#ifndef JOBGEN_NODE_NOTES_H
#define JOBGEN_NODE_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JGI_NOTES_PAGE = 2048,      /* numbers */
    JGI_NOTES_PAGES_MAX = 65536 /* per set: 16 MiB of bits */
};

struct jgi_notes_page {
    uint64_t index; /* of its first number / JGI_NOTES_PAGE */
    uint64_t words[JGI_NOTES_PAGE / 64];
};

/* All zeros: empty. */
struct jgi_notes {
    struct jgi_notes_page **pages; /* by index; owned */
    size_t count, capacity;
};

void jgi_notes_fini(struct jgi_notes *notes);

/* False: no memory, or more pages than are allowed; then it is not in. */
bool jgi_notes_add(struct jgi_notes *notes, uint64_t number);

bool jgi_notes_has(const struct jgi_notes *notes, uint64_t number);

/* Forgets what lies in pages that are wholly below `floor`. */
void jgi_notes_raise(struct jgi_notes *notes, uint64_t floor);

#endif
