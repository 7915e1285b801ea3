/* SPDX-License-Identifier: MIT */
/* How a zygote's child becomes a worker: forked, or started again where forking is not safe.

   What can be done once in the zygote is not done here: each system call is paid by every worker.
 */
#define _GNU_SOURCE
#include "newborn.h"

#include "../base/fd.h"
#include "claims.h"
#include "entry.h"
#include "launch.h"
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET, STDOUT, STDERR, CLAIMS, CHANNEL_COUNT };

/* The ends that the worker gets; the pool's are in the newborn. The claims are the same for both.
 */
struct ends {
    int fds[CHANNEL_COUNT];
};

static int open_pipe(int *ret_read, int *ret_write)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    *ret_read = ends[0];
    *ret_write = ends[1];
    return 0;
}

static int open_socket(int *ret_pool, int *ret_worker)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    *ret_pool = ends[0];
    *ret_worker = ends[1];
    return 0;
}

static int open_claims(int *ret_fd)
{
    int fd = jgi_fd_memfd("jobgen-claims");
    if (fd < 0) return errno;
    *ret_fd = fd;
    return ftruncate(fd, sizeof(struct jgi_claims)) != 0 ? errno : 0;
}

static int open_channels(bool is_reuse, struct jgi_newborn *newborn, struct ends *ends)
{
    int error = open_socket(&newborn->fds[SOCKET], &ends->fds[SOCKET]);
    if (error == 0) error = open_pipe(&newborn->fds[STDOUT], &ends->fds[STDOUT]);
    if (error == 0) error = open_pipe(&newborn->fds[STDERR], &ends->fds[STDERR]);
    if (error == 0 && is_reuse) error = open_claims(&newborn->fds[CLAIMS]);
    ends->fds[CLAIMS] = newborn->fds[CLAIMS];
    return error;
}

static _Noreturn void serve_forked(const struct jgi_nest *nest, struct jgi_newborn *newborn,
                                   const struct ends *ends)
{
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != nest->pid) _exit(0);
    (void)dup2(ends->fds[STDOUT], 1);
    (void)dup2(ends->fds[STDERR], 2);
    newborn->fds[CLAIMS] = -1; /* stays open */
    jgi_newborn_close(newborn);
    (void)close(ends->fds[STDOUT]);
    (void)close(ends->fds[STDERR]);
    (void)close(nest->socket_fd);
    (void)close(nest->signal_fd);
    if (nest->files.count > 0) jgi_private_files_open(&nest->files);
    if (nest->on_child.sa_handler != SIG_DFL) (void)sigaction(SIGCHLD, &nest->on_child, NULL);
    (void)sigprocmask(SIG_SETMASK, &nest->mask, NULL);
    jgi_worker_serve(ends->fds[SOCKET], ends->fds[CLAIMS]);
}

int jgi_newborn_make(const struct jgi_nest *nest, bool is_reuse, struct jgi_newborn *ret_newborn)
{
    struct jgi_newborn newborn = {.fds = {-1, -1, -1, -1},
                                  .fd_count = is_reuse ? CHANNEL_COUNT : CHANNEL_COUNT - 1};
    struct ends ends = {{-1, -1, -1, -1}};
    int error = open_channels(is_reuse, &newborn, &ends);
    if (error == 0 && nest->starts_again) {
        error = jgi_launch_worker(ends.fds, newborn.fd_count, &newborn.pid);
    } else if (error == 0) {
        newborn.pid = fork();
        if (newborn.pid == 0) serve_forked(nest, &newborn, &ends);
        if (newborn.pid < 0) error = errno;
    }
    for (int i = SOCKET; i < CLAIMS; i++)
        (void)jgi_fd_close(ends.fds[i]);
    if (error == 0)
        *ret_newborn = newborn;
    else
        jgi_newborn_close(&newborn);
    return error;
}

void jgi_newborn_close(struct jgi_newborn *newborn)
{
    for (int i = 0; i < CHANNEL_COUNT; i++)
        newborn->fds[i] = jgi_fd_close(newborn->fds[i]);
}

void jgi_newborn_prepare_stdio(void)
{
    (void)fflush(NULL); /* what constructors printed would be printed again by every worker */
    bool is_unbuffered = __fbufsize(stdout) == 1;
    if (!is_unbuffered) (void)setvbuf(stdout, NULL, _IOLBF, 0);
}

_Noreturn void jgi_newborn_serve(bool is_reuse)
{
    jgi_newborn_prepare_stdio();
    (void)dup2(JGI_FD_STDOUT, 1);
    (void)dup2(JGI_FD_STDERR, 2);
    (void)close(JGI_FD_STDOUT);
    (void)close(JGI_FD_STDERR);
    jgi_worker_serve(JGI_FD_SOCKET, is_reuse ? JGI_FD_CLAIMS : -1);
}
