/* SPDX-License-Identifier: MIT */
/* Where the file system can, the file is made without a name, and linked just before it is renamed:
 * only who is killed between the two leaves it behind. Else it has its name from the beginning. Its
 * writer holds a lock on it as soon as it has a name; the lock ends with the writer, so that what
 * can be locked is nobody's. */
#include "temporary.h"

#include "strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0666, RANDOM_CHARACTERS = 6, TRIES_MOST = 100 };

static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static char *print_path(const char *directory, const char *name)
{
    unsigned char random[RANDOM_CHARACTERS];
    struct strbuf text = {0};
    strbuf_printf(&text, "%s/.%s.", directory, name);
    if (getrandom(random, sizeof random, 0) != sizeof random) memset(random, 0, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        strbuf_add_char(&text, characters[random[i] % (sizeof characters - 1)]);
    return text.text;
}

/* Whether nobody else has taken the file for one left behind, which may happen before its lock;
 * where there are no locks nobody takes any. */
static bool is_ours(int fd)
{
    struct stat about;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
    return fstat(fd, &about) != 0 || about.st_nlink > 0;
}

static int open_named(struct temporary *file, const char *directory, const char *name)
{
    for (size_t i = 0; i < TRIES_MOST; i++) {
        file->path = print_path(directory, name);
        file->fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
        if (file->fd >= 0 && is_ours(file->fd)) return 0;
        bool is_taken = file->fd >= 0 || errno == EEXIST;
        if (file->fd >= 0) (void)close(file->fd);
        file->fd = -1;
        free(file->path);
        file->path = NULL;
        if (!is_taken) return -1;
    }
    errno = EEXIST;
    return -1;
}

/* Some file systems tell only at a close that it could not be written. */
static int flush(int fd)
{
    int copy = dup(fd);
    return copy < 0 ? -1 : close(copy);
}

static int write_all(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t count = write(fd, text, length);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        text += count;
        length -= (size_t)count;
    }
    return 0;
}

int temporary_open(struct temporary *file, const char *directory, const char *name,
                   const char *text, size_t length)
{
    *file = (struct temporary){.fd = -1};
    if (access("/proc/self/fd", X_OK) == 0) /* it is linked by its name there */
        file->fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, FILE_MODE);
    if (file->fd >= 0)
        (void)flock(file->fd, LOCK_EX | LOCK_NB); /* nobody else knows of it */
    else if (open_named(file, directory, name) != 0)
        return -1;
    if (write_all(file->fd, text, length) == 0 && flush(file->fd) == 0) return 0;
    int failure = errno;
    temporary_close(file);
    errno = failure;
    return -1;
}

int temporary_link(struct temporary *file, const char *directory, const char *name)
{
    char self[40];
    if (file->path) return 0;
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", file->fd);
    for (size_t i = 0; i < TRIES_MOST; i++) {
        char *path = print_path(directory, name);
        if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) {
            file->path = path;
            return 0;
        }
        free(path);
        if (errno != EEXIST) return -1;
    }
    return -1;
}

int temporary_place(struct temporary *file, const char *path)
{
    if (rename(file->path, path) != 0) return -1;
    free(file->path);
    file->path = NULL;
    return 0;
}

void temporary_close(struct temporary *file)
{
    if (file->path) (void)unlink(file->path);
    if (file->fd >= 0) (void)close(file->fd);
    free(file->path);
    *file = (struct temporary){.fd = -1};
}

/* ".NAME.XXXXXX" */
static bool is_temporary_of(const char *entry, const char *name)
{
    size_t length = strlen(name);
    if (strlen(entry) != length + RANDOM_CHARACTERS + 2 || *entry != '.' ||
        strncmp(entry + 1, name, length) != 0 || entry[length + 1] != '.')
        return false;
    return strspn(entry + length + 2, characters) == RANDOM_CHARACTERS;
}

static void sweep_one(int directory, const char *entry)
{
    int fd = openat(directory, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    struct stat about;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(directory, entry, 0);
    (void)close(fd);
}

void temporary_sweep(const char *directory, const char *const *names, size_t count)
{
    DIR *listing = opendir(directory);
    if (!listing) return;
    for (struct dirent *entry; (entry = readdir(listing));)
        for (size_t i = 0; i < count; i++)
            if (is_temporary_of(entry->d_name, names[i])) sweep_one(dirfd(listing), entry->d_name);
    (void)closedir(listing);
}
