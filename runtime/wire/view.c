/* SPDX-License-Identifier: MIT */
/* A file is known by its inode and device, which live as long as it is mapped. It is kept from its
 * second coming on, so that files that come once only are let go at once. */
#define _GNU_SOURCE
#include "view.h"

#include "../base/fd.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

enum { VIEW_COUNT = 2, SEEN_COUNT = 8 };

/* What is larger is not kept. */
static const size_t kept_size = (size_t)128 << 20;

struct kept {
    struct jgi_file_id id;
    const uint8_t *map; /* NULL: none */
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

static const uint8_t *map_file(int fd, size_t size)
{
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) return NULL;
    (void)madvise(map, size, MADV_DONTFORK); /* else the child only wastes addresses */
    return map;
}

static void unmap(const uint8_t *map, size_t size)
{
    (void)munmap((void *)map, size); /* cannot fail for what was mapped */
}

/* Whether it came before; notes it. */
static bool is_seen(const struct jgi_file_id *id)
{
    for (int i = 0; i < SEEN_COUNT; i++)
        if (jgi_file_id_is(&cache.seen[i], id)) return true;
    cache.seen[cache.seen_next++ % SEEN_COUNT] = *id;
    return false;
}

static struct kept *find(const struct jgi_file_id *id)
{
    for (int i = 0; i < VIEW_COUNT; i++)
        if (cache.kept[i].map != NULL && jgi_file_id_is(&cache.kept[i].id, id))
            return &cache.kept[i];
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
static struct kept *open_kept(int fd, const struct jgi_file_id *id, size_t size)
{
    struct kept *kept = find(id);
    if (kept == NULL) kept = is_seen(id) && size <= kept_size ? find_oldest() : NULL;
    if (kept == NULL || kept->is_open) return NULL;
    if (kept->map == NULL || !jgi_file_id_is(&kept->id, id) || kept->size < size) {
        if (kept->map != NULL) unmap(kept->map, kept->size);
        *kept = (struct kept){.id = *id, .map = map_file(fd, size), .size = size};
    }
    if (kept->map == NULL) return NULL;
    kept->is_open = true;
    kept->used = ++cache.clock;
    return kept;
}

struct jgi_view jgi_view_open(int fd, size_t size)
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
        struct kept *kept = open_kept(fd, &id, size);
        if (kept != NULL) {
            view.map = kept->map;
            view.place = (int)(kept - cache.kept);
        }
        (void)pthread_mutex_unlock(&cache.lock);
    }
    if (view.map == NULL) view.map = map_file(fd, size);
    return view;
}

void jgi_view_close(struct jgi_view *view)
{
    if (view->map == NULL) return;
    if (view->place < 0) {
        unmap(view->map, view->size);
    } else {
        (void)pthread_mutex_lock(&cache.lock);
        cache.kept[view->place].is_open = false;
        (void)pthread_mutex_unlock(&cache.lock);
    }
    view->map = NULL;
}
