/* SPDX-License-Identifier: MIT */
/* What /proc tells about processes. */
#ifndef JOBGEN_WORKER_PROCESS_H
#define JOBGEN_WORKER_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* It is on its way out by itself, whatever somebody sends now; false where that cannot be told. */
bool jgi_process_is_exiting(pid_t pid);

/* Threads of this process; 1 where that cannot be told. */
unsigned jgi_process_thread_count(void);

/* Calls `each` for every child of this process; the number of them, -1: the kernel does not tell.
 */
int jgi_process_children(void (*each)(pid_t child, void *user), void *user);

#endif
