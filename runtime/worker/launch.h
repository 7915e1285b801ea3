/* SPDX-License-Identifier: MIT */
/* Starts this program again, or another one: as a zygote that is nobody's child, or as a worker of
   a zygote. */
#ifndef JOBGEN_WORKER_LAUNCH_H
#define JOBGEN_WORKER_LAUNCH_H

#include <jobgen/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a pool starts, all borrowed; what is NULL is as with this program and process. */
struct jgi_program {
    const char *path;         /* of the executable, absolute; NULL: this program */
    char *const *arguments;   /* argv, ending in NULL; only with a path */
    char *const *environment; /* ending in NULL, without JOBGEN_... and LD_... */
    const char *directory;    /* where it starts, absolute */
};

/* JG_OK; JG_EUNSUITABLE (noexec mount, no /proc, set-id program), JG_ENOMEM, JG_EFULL (process or
   descriptor limit), JG_EMISMATCH (all jobs are in libraries opened with dlopen, or a constructor
   calls one too early), JG_EINTERNAL, with one sentence in `ret_text`. *ret_socket is the pool's
   end (close-on-exec, SOCK_SEQPACKET). The zygote has a process group of its own, and /dev/null for
   0 to 2, so that what constructors print is printed once; with JOBGEN_LOG=debug it keeps the
   caller's stderr. `binds_now`: ld.so resolves every symbol at the start, once instead of in each
   worker; a program with symbols that are found nowhere, and never used, starts only without.
   Threads: any. */
jg_status jgi_launch(const struct jgi_program *program, bool binds_now, int *ret_socket,
                     pid_t *ret_pid, char *ret_text, size_t text_size);

/* JG_OK, or why this program can never be started again, as jgi_launch would tell it. Fast: called
   for every call, so that a library which was opened with dlopen has no thread when it is closed.
 */
jg_status jgi_launch_check(char *ret_text, size_t text_size);

/* What it means that a process cannot be made, or this program not be started, with that errno. */
jg_status jgi_launch_describe(int error, char *ret_text, size_t text_size);

/* Starts it as a child of this process, a worker that finds `fds` (socket, stdout, stderr, and for
   reuse the claims) as JGI_FD_SOCKET and following. 0, or the errno. */
int jgi_launch_worker(const int *fds, size_t fd_count, pid_t *ret_pid);

#endif
