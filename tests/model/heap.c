/* SPDX-License-Identifier: MIT */
#include "heap.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRAIN = 32, CLASSES = 64, WORDS = HEAP_SIZE / 8, GROUPS = WORDS / 64 };

struct heap {
    size_t used;
    uint32_t freed[CLASSES]; /* by size / GRAIN: offset of the first; 0: none */
};

/* The bytes begin with the allocator's own state, so that it is saved too. */
static union {
    struct heap state;
    uint64_t words[WORDS];
    uint8_t bytes[HEAP_SIZE];
} heap;
static uint64_t base[WORDS];
static bool is_open;

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);

/* Before each piece: its class. */
struct piece {
    uint64_t class;
    uint64_t next;
};

static bool is_inside(const void *memory)
{
    return (const uint8_t *)memory >= heap.bytes &&
           (const uint8_t *)memory < heap.bytes + HEAP_SIZE;
}

static void *take(size_t size)
{
    size_t class = (size + sizeof(struct piece) + GRAIN - 1) / GRAIN;
    if (class >= CLASSES) return NULL;
    uint32_t offset = heap.state.freed[class];
    struct piece *piece = (struct piece *)(void *)(heap.bytes + offset);
    if (offset != 0) {
        heap.state.freed[class] = (uint32_t)piece->next;
    } else {
        if (heap.state.used + class * GRAIN > HEAP_SIZE) return NULL;
        piece = (struct piece *)(void *)(heap.bytes + heap.state.used);
        heap.state.used += class * GRAIN;
    }
    memset(piece, 0, class * GRAIN);
    piece->class = class;
    return piece + 1;
}

void *heap_start(size_t world_size)
{
    memset(&heap, 0, sizeof heap);
    heap.state.used = (sizeof heap.state + GRAIN - 1) / GRAIN * GRAIN;
    void *world = heap.bytes + heap.state.used;
    heap.state.used += (world_size + GRAIN - 1) / GRAIN * GRAIN;
    is_open = true;
    return world;
}

void heap_set_base(void)
{
    memcpy(base, heap.words, sizeof base);
}

size_t heap_save(uint8_t *out)
{
    size_t groups = (heap.state.used / 8 + 63) / 64;
    uint64_t *at = (uint64_t *)(void *)out;
    *at++ = groups;
    for (size_t group = 0; group < groups; group++) {
        uint64_t *mask = at++;
        *mask = 0;
        for (size_t i = 0; i < 64; i++) {
            size_t word = group * 64 + i;
            if (heap.words[word] == base[word]) continue;
            *mask |= UINT64_C(1) << i;
            *at++ = heap.words[word];
        }
    }
    return (size_t)((uint8_t *)at - out);
}

void heap_restore(const uint8_t *saved)
{
    const uint64_t *at = (const uint64_t *)(const void *)saved;
    size_t groups = *at++;
    memcpy(heap.words, base, groups * 64 * 8);
    for (size_t group = 0; group < groups; group++) {
        uint64_t mask = *at++;
        for (; mask != 0; mask &= mask - 1)
            heap.words[group * 64 + (size_t)__builtin_ctzll(mask)] = *at++;
    }
}

void *heap_outside(void *memory, size_t size)
{
    if (size == 0) {
        __real_free(memory);
        return NULL;
    }
    void *moved = __real_realloc(memory, size);
    if (moved == NULL) {
        (void)printf("Bail out! no memory\n");
        exit(1);
    }
    return moved;
}

/* What the product calls; whoever else does gets the real ones, unless a world is being run. */
void *__wrap_malloc(size_t size)
{
    return is_open ? take(size) : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_open ? take(count * size) : __real_calloc(count, size);
}

void __wrap_free(void *memory)
{
    if (!is_inside(memory)) {
        __real_free(memory);
        return;
    }
    struct piece *piece = (struct piece *)memory - 1;
    piece->next = heap.state.freed[piece->class];
    heap.state.freed[piece->class] = (uint32_t)((uint8_t *)piece - heap.bytes);
    memset(memory, 0, piece->class * GRAIN - sizeof *piece);
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (memory != NULL && !is_inside(memory)) return __real_realloc(memory, size);
    if (memory == NULL) return __wrap_malloc(size);
    struct piece *piece = (struct piece *)memory - 1;
    size_t old = piece->class * GRAIN - sizeof *piece;
    if (size <= old) return memory;
    void *larger = take(size);
    if (larger == NULL) return NULL;
    memcpy(larger, memory, old);
    __wrap_free(memory);
    return larger;
}
