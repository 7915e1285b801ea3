/* SPDX-License-Identifier: MIT */
/* Descriptors of files that constructors opened to read: each worker gets an offset of its own.

   A fork shares the open file, and with it the offset: one job's reading would move another's.
   Files open for writing stay shared, since with offsets of their own jobs would overwrite each
   other's output; so do pipes and sockets. */
#define _GNU_SOURCE
#include "private.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool look(int fd, struct jgi_private_file *ret_file)
{
    struct stat status;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & (O_ACCMODE | O_PATH)) != O_RDONLY) return false;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return false;
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (offset < 0) return false;
    *ret_file = (struct jgi_private_file){.fd = fd,
                                          .flags = flags & (O_NONBLOCK | O_DIRECT | O_SYNC),
                                          .fd_flags = fcntl(fd, F_GETFD),
                                          .offset = offset};
    return true;
}

void jgi_private_files_find(struct jgi_private_files *ret_files)
{
    *ret_files = (struct jgi_private_files){.files = NULL};
    DIR *listing = opendir("/proc/self/fd");
    if (listing == NULL) return;
    for (const struct dirent *one; (one = readdir(listing)) != NULL;) {
        struct jgi_private_file file;
        int fd = atoi(one->d_name); /* 0 for the names that are no number */
        if (fd < 3 || fd == dirfd(listing) || !look(fd, &file)) continue;
        struct jgi_private_file *more =
            reallocarray(ret_files->files, ret_files->count + 1, sizeof *more);
        if (more == NULL) break;
        ret_files->files = more;
        ret_files->files[ret_files->count++] = file;
    }
    (void)closedir(listing);
}

void jgi_private_files_open(const struct jgi_private_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct jgi_private_file *file = &files->files[i];
        char path[40];
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file->fd);
        int own = open(path, O_RDONLY | O_CLOEXEC | file->flags);
        if (own < 0) continue;
        if (lseek(own, file->offset, SEEK_SET) == file->offset)
            (void)dup3(own, file->fd, file->fd_flags & FD_CLOEXEC ? O_CLOEXEC : 0);
        (void)close(own);
    }
}
