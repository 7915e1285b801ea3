/* SPDX-License-Identifier: MIT */
/* The first kilobyte lies in the arena itself, so that small messages cost no malloc. */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 16 * 1024 };

struct jgi_chunk {
    struct jgi_chunk *next;
};

void jgi_arena_init(struct jgi_arena *arena)
{
    arena->at = arena->first;
    arena->end = arena->first + sizeof arena->first;
    arena->chunks = NULL;
    arena->used = 0;
    arena->limit = SIZE_MAX;
    arena->is_exhausted = false;
}

void jgi_arena_fini(struct jgi_arena *arena)
{
    while (arena->chunks != NULL) {
        struct jgi_chunk *chunk = arena->chunks;
        arena->chunks = chunk->next;
        free(chunk);
    }
}

static uint8_t *align_up(uint8_t *at, size_t align)
{
    return at + (-(uintptr_t)at & (align - 1));
}

/* Large ones get a chunk of their own; the one begun stays. */
static void *alloc_chunk(struct jgi_arena *arena, size_t size, size_t align, bool is_zeroed)
{
    size_t more = sizeof(struct jgi_chunk) + align;
    bool is_large = size > CHUNK_SIZE / 4;
    if (size > SIZE_MAX - more) return NULL;
    size_t total = is_large ? size + more : CHUNK_SIZE;
    struct jgi_chunk *chunk = is_large && is_zeroed ? calloc(1, total) : malloc(total);
    if (chunk == NULL) {
        arena->is_exhausted = true;
        return NULL;
    }
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    uint8_t *bytes = align_up((uint8_t *)(chunk + 1), align);
    if (is_large) return bytes;
    arena->at = bytes + size;
    arena->end = (uint8_t *)chunk + total;
    return is_zeroed ? memset(bytes, 0, size) : bytes;
}

static void *alloc(struct jgi_arena *arena, size_t size, size_t align, bool is_zeroed)
{
    if (size == 0) size = 1;
    if (size > arena->limit - arena->used) return NULL;
    arena->used += size;
    uint8_t *bytes = align_up(arena->at, align);
    if (bytes > arena->end || size > (size_t)(arena->end - bytes))
        return alloc_chunk(arena, size, align, is_zeroed);
    arena->at = bytes + size;
    return is_zeroed ? memset(bytes, 0, size) : bytes;
}

void *jgi_arena_alloc(struct jgi_arena *arena, size_t size, size_t align)
{
    return alloc(arena, size, align, false);
}

void *jgi_arena_zalloc(struct jgi_arena *arena, size_t size, size_t align)
{
    return alloc(arena, size, align, true);
}
