/* SPDX-License-Identifier: MIT */
/* Memory of one lifetime, taken from the system in blocks. */
#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024 - 64 };

struct block {
    struct block *next;
    size_t used, capacity;
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks;
};

_Noreturn static void out_of_memory(void)
{
    (void)fputs("jobgen: out of memory\n", stderr);
    exit(1);
}

static struct block *block_new(size_t capacity)
{
    struct block *block = malloc(sizeof *block + capacity);
    if (!block) out_of_memory();
    block->next = NULL;
    block->used = 0;
    block->capacity = capacity;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = malloc(sizeof *arena);
    if (!arena) out_of_memory();
    arena->blocks = NULL;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena) return;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
    const size_t align = _Alignof(max_align_t);
    if (size_bytes > SIZE_MAX / 2) out_of_memory();
    size_t size = (size_bytes + align - 1) / align * align;
    struct block *block = arena->blocks;
    if (!block || block->capacity - block->used < size) {
        block = block_new(size > BLOCK_BYTES ? size : BLOCK_BYTES);
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *piece = block->bytes + block->used;
    block->used += size;
    return memset(piece, 0, size);
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) out_of_memory();
    char *text = arena_alloc(arena, (size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, format, args); /* measured above */
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void *memory_grow(void *items, size_t size_bytes)
{
    void *grown = realloc(items, size_bytes ? size_bytes : 1);
    if (!grown) out_of_memory();
    return grown;
}
