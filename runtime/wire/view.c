/* SPDX-License-Identifier: MIT */
/* A file is known by its inode and device, which live as long as it is mapped. It is kept from its
 * second coming on, so that files that come once only are let go at once. */
#define _GNU_SOURCE
#include "view.h"

#include "../base/fd.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

enum { VIEW_COUNT = 2, SEEN_COUNT = 8, PAGE = 4096, PAGES_AT_ONCE = 1024 };

/* What is larger is not kept. */
static const size_t kept_size = (size_t)128 << 20;

struct kept {
    struct jgi_file_id id;
    bool is_private;
    uint8_t *map; /* NULL: none */
    size_t size;
    bool is_open;
    unsigned used; /* when */
};

static struct {
    pthread_mutex_t lock;
    pid_t pid; /* whose these are */
    struct kept kept[VIEW_COUNT];
    struct jgi_file_id seen[SEEN_COUNT];
    unsigned seen_next, clock;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uint8_t *map_file(int fd, size_t size, bool is_private)
{
    void *map = is_private ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0)
                           : mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) return NULL;
    if (!is_private)
        (void)madvise(map, size, MADV_DONTFORK); /* else the child only wastes addresses */
    return map;
}

static void unmap(uint8_t *map, size_t size)
{
    (void)munmap(map, size); /* cannot fail for what was mapped */
}

/* Whether each page is still the file's, and none a copy that was written to (proc_pid_pagemap(5)).
 */
static bool is_unwritten(const uint8_t *map, size_t size)
{
    static const uint64_t is_present = UINT64_C(1) << 63, is_swapped = UINT64_C(1) << 62,
                          is_of_file = UINT64_C(1) << 61;
    uint64_t pages[PAGES_AT_ONCE];
    size_t left = (size + PAGE - 1) / PAGE, at = (uintptr_t)map / PAGE;
    int fd = sysconf(_SC_PAGESIZE) == PAGE ? open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC) : -1;
    bool is_known = fd >= 0;
    while (is_known && left > 0) {
        size_t count = left < PAGES_AT_ONCE ? left : PAGES_AT_ONCE;
        is_known = jgi_fd_pread_all(fd, pages, count * sizeof *pages, at * sizeof *pages) == 0;
        for (size_t i = 0; is_known && i < count; i++)
            is_known = (pages[i] & is_swapped) == 0 &&
                       ((pages[i] & is_present) == 0 || (pages[i] & is_of_file) != 0);
        left -= count;
        at += count;
    }
    (void)jgi_fd_close(fd);
    return is_known;
}

/* Whether it came before; notes it. */
static bool is_seen(const struct jgi_file_id *id)
{
    for (int i = 0; i < SEEN_COUNT; i++)
        if (jgi_file_id_is(&cache.seen[i], id)) return true;
    cache.seen[cache.seen_next++ % SEEN_COUNT] = *id;
    return false;
}

static struct kept *find(const struct jgi_file_id *id, bool is_private)
{
    for (int i = 0; i < VIEW_COUNT; i++) {
        struct kept *kept = &cache.kept[i];
        if (kept->map != NULL && jgi_file_id_is(&kept->id, id) && kept->is_private == is_private)
            return kept;
    }
    return NULL;
}

static struct kept *find_oldest(void)
{
    struct kept *oldest = NULL;
    for (int i = 0; i < VIEW_COUNT; i++) {
        struct kept *kept = &cache.kept[i];
        if (!kept->is_open && (oldest == NULL || kept->used < oldest->used)) oldest = kept;
    }
    return oldest;
}

/* The place of the file, mapped far enough; NULL: it is not to be kept. Locked. */
static struct kept *open_kept(int fd, const struct jgi_file_id *id, size_t size, bool is_private)
{
    struct kept *kept = find(id, is_private);
    if (kept == NULL) kept = is_seen(id) && size <= kept_size ? find_oldest() : NULL;
    if (kept == NULL || kept->is_open) return NULL;
    if (kept->map == NULL || !jgi_file_id_is(&kept->id, id) || kept->is_private != is_private ||
        kept->size < size) {
        if (kept->map != NULL) unmap(kept->map, kept->size);
        *kept = (struct kept){.id = *id,
                              .is_private = is_private,
                              .map = map_file(fd, size, is_private),
                              .size = size};
    }
    if (kept->map == NULL) return NULL;
    kept->is_open = true;
    kept->used = ++cache.clock;
    return kept;
}

static struct jgi_view view_open(int fd, size_t size, bool is_private)
{
    struct jgi_view view = {.size = size, .place = -1};
    struct jgi_file_id id;
    pid_t pid = getpid();
    /* The child of a fork has none of the parent's maps, and no use for its lock. */
    pid_t owner = 0;
    bool is_owner = __atomic_compare_exchange_n(&cache.pid, &owner, pid, false, __ATOMIC_ACQ_REL,
                                                __ATOMIC_ACQUIRE) ||
                    owner == pid;
    if (is_owner && jgi_fd_identify(fd, &id)) {
        (void)pthread_mutex_lock(&cache.lock); /* cannot fail for a plain mutex */
        struct kept *kept = open_kept(fd, &id, size, is_private);
        if (kept != NULL) {
            view.map = kept->map;
            view.place = (int)(kept - cache.kept);
        }
        (void)pthread_mutex_unlock(&cache.lock);
    }
    if (view.map == NULL) view.map = map_file(fd, size, is_private);
    return view;
}

struct jgi_view jgi_view_open(int fd, size_t size)
{
    return view_open(fd, size, false);
}

struct jgi_view jgi_view_open_private(int fd, size_t size)
{
    return view_open(fd, size, true);
}

void jgi_view_close(struct jgi_view *view)
{
    if (view->map == NULL) return;
    if (view->place < 0) {
        unmap(view->map, view->size);
    } else {
        struct kept *kept = &cache.kept[view->place]; /* ours alone while it is open */
        bool is_spoilt = kept->is_private && !is_unwritten(kept->map, kept->size);
        if (is_spoilt) unmap(kept->map, kept->size);
        (void)pthread_mutex_lock(&cache.lock);
        if (is_spoilt) kept->map = NULL;
        kept->is_open = false;
        (void)pthread_mutex_unlock(&cache.lock);
    }
    view->map = NULL;
}
