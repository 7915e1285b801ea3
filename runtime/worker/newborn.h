/* SPDX-License-Identifier: MIT */
/* How a zygote's child becomes a worker: forked, or started again where forking is not safe. */
#ifndef JOBGEN_WORKER_NEWBORN_H
#define JOBGEN_WORKER_NEWBORN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "private.h"

/* What new workers take over from their zygote. */
struct jgi_nest {
    pid_t pid;
    int socket_fd, signal_fd;  /* not for them */
    sigset_t mask;             /* as the constructors left it */
    struct sigaction on_child; /* the same; the zygote's own is the default */
    bool starts_again;         /* constructors started threads, which may hold locks at any time */
    struct jgi_private_files files;
};

/* A worker as the pool gets it: its socket, what it prints, and for reuse the claims. */
struct jgi_newborn {
    pid_t pid;
    int fds[4];
    size_t fd_count;
};

/* 0, or the errno. The worker itself serves and never returns from here. */
int jgi_newborn_make(const struct jgi_nest *nest, bool is_reuse, struct jgi_newborn *ret_newborn);

/* Closes the descriptors, once the pool has them. */
void jgi_newborn_close(struct jgi_newborn *newborn);

/* In the zygote, for all that it will fork: flushes, and makes stdout line-buffered unless it is
   unbuffered, so that whole lines of a job that dies are not lost. */
void jgi_newborn_prepare_stdio(void);

/* In a worker that was started again: takes the JGI_FD_... and serves. */
_Noreturn void jgi_newborn_serve(bool is_reuse);

#endif
