/* SPDX-License-Identifier: MIT */
/* Descriptors of files that constructors opened to read: each worker gets an offset of its own. */
#ifndef JOBGEN_WORKER_PRIVATE_H
#define JOBGEN_WORKER_PRIVATE_H

#include <stddef.h>
#include <sys/types.h>

/* One regular file open for reading only. */
struct jgi_private_file {
    int fd, flags, fd_flags;
    off_t offset;
};

struct jgi_private_files {
    struct jgi_private_file *files;
    size_t count;
};

/* In the zygote, once: finds them; from descriptor 3 on. Where memory is out they stay shared. */
void jgi_private_files_find(struct jgi_private_files *ret_files);

/* In the worker: opens each anew under its number; one that cannot be stays shared. */
void jgi_private_files_open(const struct jgi_private_files *files);

#endif
