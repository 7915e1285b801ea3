/* SPDX-License-Identifier: MIT */
/* A few memfds per process, each taken by one encoder at a time. The child of a fork begins with
 * none: the parent's are still the parent's. */
#define _GNU_SOURCE
#include "bulk.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BULK_COUNT = 2 };

static const uint64_t window_size = sizeof(void *) > 4 ? UINT64_C(4) << 30 : UINT64_C(64) << 20;
/* What is larger is given back to the system. */
static const uint64_t kept_size = UINT64_C(128) << 20;

static struct {
    pthread_mutex_t lock;
    pid_t pid; /* whose these are; 0: nobody's yet */
    struct jgi_bulk bulks[BULK_COUNT];
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uint32_t *busy_word(const struct jgi_bulk *bulk)
{
    return (uint32_t *)(void *)bulk->map;
}

/* In a child of a fork. The maps stay: a job that forks may look at its outputs there. */
static void forget_bulks(void)
{
    static const pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;
    cache.lock = unlocked; /* whoever held it is not here */
    for (int i = 0; i < BULK_COUNT; i++)
        if (cache.bulks[i].map != NULL) (void)jgi_fd_close(cache.bulks[i].fd);
    memset(cache.bulks, 0, sizeof cache.bulks);
}

/* One thread does it; `pid` is negative meanwhile, and others wait. */
static void forget_parent(void)
{
    pid_t pid = getpid(), owner;
    while ((owner = __atomic_load_n(&cache.pid, __ATOMIC_ACQUIRE)) != pid) {
        if (owner == -pid) {
            (void)sched_yield();
        } else if (__atomic_compare_exchange_n(&cache.pid, &owner, -pid, false, __ATOMIC_ACQUIRE,
                                               __ATOMIC_ACQUIRE)) {
            if (owner != 0) forget_bulks();
            __atomic_store_n(&cache.pid, pid, __ATOMIC_RELEASE);
        }
    }
}

static bool bulk_open(struct jgi_bulk *bulk)
{
    *bulk = (struct jgi_bulk){.window = window_size, .size = JGI_BULK_PAGE, .payload_fd = -1};
    bulk->fd = jgi_fd_memfd("jobgen-bulk");
    if (bulk->fd < 0) return false;
    bulk->written = JGI_BULK_PAGE;
    void *map = MAP_FAILED;
    if (ftruncate(bulk->fd, JGI_BULK_PAGE) == 0 && jgi_fd_identify(bulk->fd, &bulk->id))
        map = mmap(NULL, bulk->window, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, bulk->fd,
                   0);
    if (map == MAP_FAILED) {
        (void)jgi_fd_close(bulk->fd);
        *bulk = (struct jgi_bulk){0};
        return false;
    }
    (void)madvise(map, bulk->window, MADV_DONTDUMP); /* else dumps are larger */
    bulk->map = map;
    return true;
}

static void bulk_close(struct jgi_bulk *bulk)
{
    if (bulk->map == NULL) return;
    (void)munmap(bulk->map, bulk->window); /* cannot fail for what was mapped */
    (void)jgi_fd_close(bulk->fd);
    *bulk = (struct jgi_bulk){0};
}

static void close_if_unwanted(struct jgi_bulk *bulk)
{
    if (bulk->is_unwanted && bulk->hold_count == 0) bulk_close(bulk);
}

static bool is_read(const struct jgi_bulk *bulk)
{
    return bulk->payload_fd < 0 && bulk->hold_count == 0 &&
           __atomic_load_n(busy_word(bulk), __ATOMIC_ACQUIRE) == 0;
}

/* One that can be used now: an old one if possible, else a new one, else one that was never
 * released. Locked. */
static struct jgi_bulk *find_free(void)
{
    struct jgi_bulk *place = NULL, *lost = NULL;
    for (int i = 0; i < BULK_COUNT; i++) {
        struct jgi_bulk *bulk = &cache.bulks[i];
        if (bulk->is_taken || bulk->is_unwanted) continue;
        if (bulk->map == NULL)
            place = bulk;
        else if (is_read(bulk))
            return bulk;
        else if (bulk->payload_fd < 0 && bulk->hold_count == 0)
            lost = bulk;
    }
    if (place == NULL && lost != NULL) {
        bulk_close(lost);
        place = lost;
    }
    return place != NULL && bulk_open(place) ? place : NULL;
}

struct jgi_bulk *jgi_bulk_take(int *ret_payload_fd)
{
    forget_parent();
    (void)pthread_mutex_lock(&cache.lock); /* cannot fail for a plain mutex */
    struct jgi_bulk *bulk = find_free();
    int payload_fd = bulk != NULL ? fcntl(bulk->fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (payload_fd < 0) {
        bulk = NULL;
    } else {
        bulk->is_taken = true;
        bulk->payload_fd = payload_fd;
        *ret_payload_fd = payload_fd;
        __atomic_store_n(busy_word(bulk), 1, __ATOMIC_RELEASE);
    }
    (void)pthread_mutex_unlock(&cache.lock);
    return bulk;
}

bool jgi_bulk_grow(struct jgi_bulk *bulk, uint64_t size)
{
    if (size <= bulk->size) return true;
    if (size > bulk->window || ftruncate(bulk->fd, (off_t)size) != 0) return false;
    bulk->size = size;
    return true;
}

void jgi_bulk_put_back(struct jgi_bulk *bulk, bool is_sent, bool is_kept)
{
    (void)pthread_mutex_lock(&cache.lock);
    bulk->is_taken = false;
    if (!is_sent) __atomic_store_n(busy_word(bulk), 0, __ATOMIC_RELEASE);
    bulk->is_unwanted = !is_kept || bulk->size > kept_size; /* the payload has its own */
    close_if_unwanted(bulk);
    (void)pthread_mutex_unlock(&cache.lock);
}

void jgi_bulk_hold(struct jgi_bulk *bulk)
{
    (void)pthread_mutex_lock(&cache.lock);
    bulk->hold_count++;
    (void)pthread_mutex_unlock(&cache.lock);
}

struct jgi_bulk *jgi_bulk_hold_memfd(int fd, uint64_t size)
{
    struct jgi_bulk *found = NULL;
    struct jgi_file_id id;
    if (__atomic_load_n(&cache.pid, __ATOMIC_ACQUIRE) != getpid() || !jgi_fd_identify(fd, &id))
        return NULL;
    (void)pthread_mutex_lock(&cache.lock);
    for (int i = 0; i < BULK_COUNT; i++) {
        struct jgi_bulk *bulk = &cache.bulks[i];
        if (bulk->map == NULL || !jgi_file_id_is(&bulk->id, &id) || bulk->size < size ||
            bulk->is_unwanted)
            continue;
        bulk->hold_count++;
        found = bulk;
    }
    (void)pthread_mutex_unlock(&cache.lock);
    return found;
}

void jgi_bulk_let_go(struct jgi_bulk *bulk)
{
    (void)pthread_mutex_lock(&cache.lock);
    bulk->hold_count--;
    close_if_unwanted(bulk);
    (void)pthread_mutex_unlock(&cache.lock);
}

void jgi_bulk_forget(int payload_fd)
{
    if (__atomic_load_n(&cache.pid, __ATOMIC_ACQUIRE) != getpid()) return;
    (void)pthread_mutex_lock(&cache.lock);
    for (int i = 0; i < BULK_COUNT; i++)
        if (cache.bulks[i].map != NULL && cache.bulks[i].payload_fd == payload_fd)
            cache.bulks[i].payload_fd = -1;
    (void)pthread_mutex_unlock(&cache.lock);
}

void jgi_bulk_release(int fd)
{
    static const uint32_t nobody = 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);                /* all has been read */
    (void)jgi_fd_pwrite_all(fd, &nobody, sizeof nobody, 0); /* else it is not used again */
}
