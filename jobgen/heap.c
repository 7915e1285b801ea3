/* SPDX-License-Identifier: MIT */
/* Parsing takes some megabytes in small pieces and gives them back, once per source. libclang does
 * it in a thread made for it, whose heap malloc grows and trims by single pages: some percent
 * of a small run. So there is one heap, which grows in large steps, by huge pages where the system
 * has them, and does not shrink. Nothing here can go wrong: what is refused is only slower. */
#include "heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEP_BYTES = 8 << 20, HUGE_BYTES = 2 << 20, LARGE_BYTES = 1 << 20 };

/* The next step is taken now. */
static void grow_by_huge_pages(void)
{
    uintptr_t before = (uintptr_t)sbrk(0);
    void *volatile more = malloc(LARGE_BYTES / 2); /* volatile: else there is no call */
    free(more);
    uintptr_t begin = (before + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
    uintptr_t end = (uintptr_t)sbrk(0) / HUGE_BYTES * HUGE_BYTES;
    if (begin < end) (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}

void heap_prepare(size_t thread_count)
{
    if (thread_count > 1) return; /* they would wait for each other */
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    (void)mallopt(M_TOP_PAD, STEP_BYTES);
    grow_by_huge_pages();
}
