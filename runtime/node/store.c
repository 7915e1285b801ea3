/* SPDX-License-Identifier: MIT */
/* Locks are flock's: they end with the descriptor, so with a node that is killed too. When a
   program was used is its file's time of modification, which says nothing else. */
#define _GNU_SOURCE
#include "store.h"

#include "../base/fd.h"
#include "../wire/message.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { PART_KEPT_S = 24 * 3600, PARTS_MAX = 64 };

static const uint64_t default_max = UINT64_C(10) << 30;

uint64_t jgi_store_default(const char *path)
{
    struct statvfs disk;
    if (statvfs(path, &disk) != 0) return default_max;
    uint64_t half = (uint64_t)disk.f_blocks * disk.f_frsize / 2;
    return half < default_max ? half : default_max;
}

static void write_hex(const uint8_t *digest, char *ret_hex)
{
    for (int i = 0; i < JGI_DIGEST_SIZE; i++)
        (void)snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

char *jgi_store_name(const struct jgi_store *store, const uint8_t *digest)
{
    char *name, hex[2 * JGI_DIGEST_SIZE + 1];
    write_hex(digest, hex);
    return asprintf(&name, "%s/%s", store->path, hex) < 0 ? NULL : name;
}

char *jgi_store_name_part(const struct jgi_store *store, const uint8_t *digest, uint64_t size)
{
    char *name, hex[2 * JGI_DIGEST_SIZE + 1];
    write_hex(digest, hex);
    return asprintf(&name, "%s/%s-%llu.part", store->path, hex, (unsigned long long)size) < 0
               ? NULL
               : name;
}

/* Locked, and still what has this name: else it went elsewhere meanwhile, and errno is EAGAIN. */
static bool lock(int fd, int how, const char *name, struct stat *ret_about)
{
    struct stat named;
    if (flock(fd, how | LOCK_NB) != 0 || fstat(fd, ret_about) != 0) return false;
    if (stat(name, &named) == 0 && named.st_ino == ret_about->st_ino) return true;
    errno = EAGAIN;
    return false;
}

int jgi_store_hold(const char *name)
{
    struct stat about;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && lock(fd, LOCK_SH, name, &about)) {
        (void)futimens(fd, NULL); /* else it is removed too early */
        return fd;
    }
    if (errno == EAGAIN) errno = ENOENT; /* whoever has it alone removes it */
    return jgi_fd_close(fd);
}

int jgi_store_hold_part(const char *name, uint64_t *ret_size)
{
    struct stat about;
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0700);
    if (fd < 0 || !lock(fd, LOCK_EX, name, &about)) return jgi_fd_close(fd);
    *ret_size = (uint64_t)about.st_size;
    return fd;
}

/* One file of the store. */
struct entry {
    char *name; /* with the directory; owned */
    uint64_t size;
    struct timespec used;
    bool is_part;
};

struct listing {
    struct entry *entries;
    size_t count, capacity;
    uint64_t size; /* of all */
};

static void listing_fini(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        free(listing->entries[i].name);
    free(listing->entries);
}

/* Whether a file's name is one of ours. */
static bool is_ours(const char *name, bool *ret_is_part)
{
    size_t digits = strspn(name, "0123456789abcdef");
    if (digits != 2 * JGI_DIGEST_SIZE) return false;
    *ret_is_part = name[digits] == '-' && strstr(name + digits, ".part") != NULL;
    return *ret_is_part || name[digits] == '\0';
}

static void add(struct listing *listing, const struct jgi_store *store, const char *name)
{
    struct entry entry = {0};
    struct stat about;
    if (!is_ours(name, &entry.is_part)) return;
    if (listing->count == listing->capacity) {
        size_t capacity = listing->capacity * 2 + 16;
        struct entry *more = reallocarray(listing->entries, capacity, sizeof *more);
        if (more == NULL) return;
        listing->entries = more;
        listing->capacity = capacity;
    }
    if (asprintf(&entry.name, "%s/%s", store->path, name) < 0) return;
    if (lstat(entry.name, &about) != 0 || !S_ISREG(about.st_mode)) { /* gone by now */
        free(entry.name);
        return;
    }
    entry.size = (uint64_t)about.st_size;
    entry.used = about.st_mtim;
    listing->size += entry.size;
    listing->entries[listing->count++] = entry;
}

/* Parts first, since a program that is whole is worth more; then by their last use. */
static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->is_part != b->is_part) return a->is_part ? -1 : 1;
    if (a->used.tv_sec != b->used.tv_sec) return a->used.tv_sec < b->used.tv_sec ? -1 : 1;
    return (a->used.tv_nsec > b->used.tv_nsec) - (a->used.tv_nsec < b->used.tv_nsec);
}

/* What can be read of it, what is to go first first. */
static void list(struct listing *listing, const struct jgi_store *store)
{
    *listing = (struct listing){0};
    DIR *directory = opendir(store->path);
    if (directory == NULL) return;
    for (struct dirent *file; (file = readdir(directory)) != NULL;)
        add(listing, store, file->d_name);
    (void)closedir(directory); /* was only read */
    if (listing->count > 0)
        qsort(listing->entries, listing->count, sizeof *listing->entries, compare);
}

/* False: it is in use. */
static bool remove_entry(const struct entry *entry)
{
    struct stat about;
    int fd = open(entry->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool is_removed = fd >= 0 && lock(fd, LOCK_EX, entry->name, &about) && unlink(entry->name) == 0;
    (void)jgi_fd_close(fd);
    return is_removed;
}

/* Nobody goes on with it: it is old, or there are so many that are newer. */
static bool is_forgotten(const struct entry *entry, size_t newer)
{
    return entry->is_part && (newer >= PARTS_MAX || time(NULL) - entry->used.tv_sec > PART_KEPT_S);
}

static size_t count_parts(const struct listing *listing)
{
    size_t count = 0;
    while (count < listing->count && listing->entries[count].is_part)
        count++;
    return count;
}

bool jgi_store_make_room(const struct jgi_store *store, uint64_t size)
{
    struct listing listing;
    if (size > store->size_max) return false;
    list(&listing, store);
    uint64_t used = listing.size, used_max = store->size_max - size;
    size_t parts = count_parts(&listing);
    for (size_t i = 0; i < listing.count; i++) {
        const struct entry *entry = &listing.entries[i];
        size_t newer = i < parts ? parts - 1 - i : 0;
        if ((used > used_max || is_forgotten(entry, newer)) && remove_entry(entry))
            used -= entry->size;
    }
    listing_fini(&listing);
    return used <= used_max;
}

bool jgi_store_shed(const struct jgi_store *store, uint64_t size)
{
    struct listing listing;
    uint64_t removed = 0;
    list(&listing, store);
    for (size_t i = 0; i < listing.count && removed < size; i++)
        if (remove_entry(&listing.entries[i])) removed += listing.entries[i].size;
    listing_fini(&listing);
    return removed > 0;
}
