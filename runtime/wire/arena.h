/* SPDX-License-Identifier: MIT */
/* Memory of one encoding or decoding: taken in pieces, freed at once, and counted. */
#ifndef JOBGEN_WIRE_ARENA_H
#define JOBGEN_WIRE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jgi_chunk;

struct jgi_arena {
    uint8_t *at, *end;
    struct jgi_chunk *chunks;
    size_t used, limit; /* bytes taken, and the most there may be */
    bool is_exhausted;  /* the system, not the limit, has refused */
    _Alignas(16) uint8_t first[1024];
};

void jgi_arena_init(struct jgi_arena *arena);
void jgi_arena_fini(struct jgi_arena *arena);

/* Not cleared; NULL: over the limit, or no memory. `align`: a power of two. */
void *jgi_arena_alloc(struct jgi_arena *arena, size_t size, size_t align);
void *jgi_arena_zalloc(struct jgi_arena *arena, size_t size, size_t align);

#endif
