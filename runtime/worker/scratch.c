/* SPDX-License-Identifier: MIT */
/* A directory that lives as long as a zygote: its jobs write there, and nothing of it is left.

   Who holds one has a flock on it, which ends with its process however that ends. Making one takes
   two steps, mkdir and flock; the root's own lock is held for both, and by who sweeps while it
   looks for those that are free.

   Jobs may have made any tree: so removing does not go down into it, which would need a descriptor
   or a stack frame for each level, but lifts what lies deeper up to the top, level by level. */
#define _GNU_SOURCE
#include "scratch.h"

#include "../base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "zygote-"

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* -1 with errno. */
static int open_locked(int at, const char *path, int how)
{
    int fd = openat(at, path, DIRECTORY);
    if (fd >= 0 && flock(fd, how) != 0) fd = jgi_fd_close(fd);
    return fd;
}

int jgi_scratch_open(const char *root, struct jgi_scratch *ret_scratch)
{
    struct jgi_scratch scratch = JGI_SCRATCH_NONE;
    if (mkdir(root, 0700) != 0 && errno != EEXIST) return errno;
    int root_fd = open_locked(AT_FDCWD, root, LOCK_EX);
    if (root_fd < 0) return errno;
    int error = 0;
    if (asprintf(&scratch.path, "%s/" PREFIX "XXXXXX", root) < 0) {
        scratch.path = NULL;
        error = ENOMEM;
    } else if (mkdtemp(scratch.path) == NULL) {
        error = errno;
    } else {
        scratch.lock_fd = open_locked(AT_FDCWD, scratch.path, LOCK_EX | LOCK_NB);
        if (scratch.lock_fd < 0) {
            error = errno;
            (void)rmdir(scratch.path);
        }
    }
    (void)jgi_fd_close(root_fd);
    if (error != 0)
        free(scratch.path);
    else
        *ret_scratch = scratch;
    return error;
}

static bool is_itself(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Its own listing of a directory, with rights to empty it; NULL: it cannot be read. */
static DIR *list(int at, const char *name)
{
    int fd = openat(at, name, DIRECTORY);
    if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0)
        fd = openat(at, name, DIRECTORY);
    if (fd < 0) return NULL;
    (void)fchmod(fd, 0700); /* fails for a stranger's: then what is in it stays */
    DIR *listing = fdopendir(fd);
    if (listing == NULL) (void)jgi_fd_close(fd);
    return listing;
}

/* Removes the files of `name` under `top`, lifts its directories into `top`, removes it. False:
 * nothing of that could be done. */
static bool flatten(int top, const char *name, uint64_t *lifted)
{
    if (unlinkat(top, name, AT_REMOVEDIR) == 0) return true;
    DIR *listing = list(top, name);
    if (listing == NULL) return false;
    bool is_less = false;
    for (const struct dirent *one; (one = readdir(listing)) != NULL;) {
        char to[40];
        if (is_itself(one->d_name)) continue;
        (void)snprintf(to, sizeof to, ".lifted-%llu", (unsigned long long)++*lifted);
        if (one->d_type == DT_DIR) /* else it may not be moved */
            (void)fchmodat(dirfd(listing), one->d_name, 0700, 0);
        if (unlinkat(dirfd(listing), one->d_name, 0) == 0 ||
            renameat2(dirfd(listing), one->d_name, top, to, RENAME_NOREPLACE) == 0)
            is_less = true;
    }
    (void)closedir(listing);
    return unlinkat(top, name, AT_REMOVEDIR) == 0 || is_less;
}

/* Removes `name` under `at`. Goes through it again as long as something was removed. */
static void remove_tree(int at, const char *name)
{
    uint64_t lifted = 0;
    DIR *listing = list(at, name);
    bool has_more = listing != NULL;
    while (has_more) {
        has_more = false;
        rewinddir(listing);
        for (const struct dirent *one; (one = readdir(listing)) != NULL;)
            if (!is_itself(one->d_name) && (unlinkat(dirfd(listing), one->d_name, 0) == 0 ||
                                            flatten(dirfd(listing), one->d_name, &lifted)))
                has_more = true;
    }
    if (listing != NULL) (void)closedir(listing);
    (void)unlinkat(at, name, AT_REMOVEDIR);
}

void jgi_scratch_close(struct jgi_scratch *scratch)
{
    if (scratch->path != NULL) remove_tree(AT_FDCWD, scratch->path);
    free(scratch->path);
    (void)jgi_fd_close(scratch->lock_fd);
    *scratch = JGI_SCRATCH_NONE;
}

void jgi_scratch_sweep(const char *root)
{
    DIR *listing = list(AT_FDCWD, root);
    if (listing == NULL) return;
    for (const struct dirent *one; (one = readdir(listing)) != NULL;) {
        if (strncmp(one->d_name, PREFIX, sizeof PREFIX - 1) != 0) continue;
        (void)flock(dirfd(listing), LOCK_EX); /* not between a mkdir and its lock */
        int lock_fd = open_locked(dirfd(listing), one->d_name, LOCK_EX | LOCK_NB);
        (void)flock(dirfd(listing), LOCK_UN);
        if (lock_fd < 0) continue;
        remove_tree(dirfd(listing), one->d_name);
        (void)jgi_fd_close(lock_fd);
    }
    (void)closedir(listing);
}
