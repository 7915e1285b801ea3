/* SPDX-License-Identifier: MIT */
/* Makes the zygote's memory cheap to fork.

   A fork copies the page table entry of every page that is there, and each worker's end drops them
   again: with much memory in 4 KiB pages that is nearly all of its cost. So free memory at the
   heap's end is given back, and each aligned 2 MiB of private anonymous memory most of which is
   there becomes one huge page, for which fork copies one entry. */
#define _GNU_SOURCE
#include "lean.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif

enum {
    HUGE_SIZE = 2 * 1024 * 1024,
    PAGE = 4096,
    HUGE_PAGES = HUGE_SIZE / PAGE,
    PRESENT_MIN = HUGE_PAGES * 3 / 4, /* fewer: more memory would be made than is saved */
    TRIES = 3
};

/* Larger mappings are mostly holes (a sanitizer's shadow); looking through them takes too long. */
static const uint64_t mapping_max = UINT64_C(64) << 30;

static bool is_dense(int pagemap, uintptr_t start)
{
    uint64_t entries[HUGE_PAGES];
    off_t place = (off_t)(start / PAGE * sizeof entries[0]);
    int present = 0;
    if (pread(pagemap, entries, sizeof entries, place) != (ssize_t)sizeof entries) return false;
    for (int i = 0; i < HUGE_PAGES; i++)
        present += (int)(entries[i] >> 63);
    return present >= PRESENT_MIN;
}

/* False: the kernel does not do it, or not in this mapping. */
static bool collapse(uintptr_t start)
{
    for (int i = 0; i < TRIES; i++) {
        if (madvise((void *)start, HUGE_SIZE, MADV_COLLAPSE) == 0) return true;
        if (errno != EAGAIN) return errno != EINVAL;
    }
    return true;
}

static void collapse_mapping(int pagemap, uintptr_t from, uintptr_t to)
{
    uintptr_t start = (from + HUGE_SIZE - 1) / HUGE_SIZE * HUGE_SIZE;
    if (to - from > mapping_max) return;
    for (; start + HUGE_SIZE <= to; start += HUGE_SIZE)
        if (is_dense(pagemap, start) && !collapse(start)) return;
}

/* A line of /proc/self/maps: private anonymous memory, the heap included, the stack not. */
static bool is_candidate(const char *line, uintptr_t *ret_from, uintptr_t *ret_to)
{
    unsigned long from, to, inode;
    char rights[5], name[8] = "";
    if (sscanf(line, "%lx-%lx %4s %*s %*s %lu %7s", &from, &to, rights, &inode, name) < 4)
        return false;
    if (strcmp(rights, "rw-p") != 0 || inode != 0) return false;
    if (name[0] != '\0' && strncmp(name, "[heap]", 6) != 0 && strncmp(name, "[anon", 5) != 0)
        return false;
    *ret_from = from;
    *ret_to = to;
    return to - from >= HUGE_SIZE;
}

/* Room that every worker needs at its start: else each asks the kernel for it. */
static void keep_room(void)
{
    void *volatile room = malloc(96 * 1024); /* below glibc's M_TRIM_THRESHOLD: it is kept */
    free(room);
}

void jgi_lean(void)
{
    char line[512];
    uintptr_t from, to;
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
    keep_room();
    if (sysconf(_SC_PAGESIZE) != PAGE) return;
    FILE *maps = fopen("/proc/self/maps", "re");
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    while (maps != NULL && pagemap >= 0 && fgets(line, sizeof line, maps) != NULL)
        if (is_candidate(line, &from, &to)) collapse_mapping(pagemap, from, to);
    if (maps != NULL) (void)fclose(maps);
    if (pagemap >= 0) (void)close(pagemap);
}
