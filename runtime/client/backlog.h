/* SPDX-License-Identifier: MIT */
/* What jobs on nodes printed, until it is written: by a thread of its own, so that a stdout that
   nobody reads does not hold up the links. Whoever gets a result waits for what was printed before
   it. */
#ifndef JOBGEN_CLIENT_BACKLOG_H
#define JOBGEN_CLIENT_BACKLOG_H

#include <stddef.h>
#include <stdint.h>

/* Puts lines at the end; never blocks for long. Beyond 64 MiB, or without memory or a thread, they
   are left out, which is told on stderr once there is room. Threads: any. */
void jgi_backlog_add(int fd, const char *lines, size_t size);

/* Blocks until all that is there now has been written. Not locked by the loop. */
void jgi_backlog_wait(void);

/* Around a fork: the child begins with none of it. */
void jgi_backlog_lock(void);
void jgi_backlog_unlock(void);
void jgi_backlog_forget(void);

#endif
