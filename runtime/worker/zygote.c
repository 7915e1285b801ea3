/* SPDX-License-Identifier: MIT */
/* The zygote: a pristine process of the program that forks workers, reaps them, and tells the pool.

   It waits for its socket and, by a signalfd, for deaths; it never waits for a particular child.
   When the pool's end closes it kills every worker and whatever descended from them, and ends. */
#define _GNU_SOURCE
#include "zygote.h"

#include "../base/fd.h"
#include "claims.h"
#include "entry.h"
#include "registry.h"
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROBED_MAX = 1024, KILL_ROUNDS = 1000 };

struct zygote {
    int socket_fd, signal_fd;
    pid_t pid;
    pid_t probed[PROBED_MAX]; /* found alive by a probe and killed */
    size_t probed_count;
};

static void report(struct zygote *zygote, const struct jgi_zygote_report *told, const int *fds,
                   size_t fd_count)
{
    if (jgi_fd_send(zygote->socket_fd, told, sizeof *told, fds, fd_count, 0) < 0) {
        /* The pool has gone: the next poll says so. */
    }
}

static void say_hello(struct zygote *zygote)
{
    size_t count = jgi_registry_count();
    size_t size = sizeof(struct jgi_zygote_report) + count * sizeof(uint64_t);
    char *packet = calloc(1, size);
    if (packet == NULL) _exit(1);
    struct jgi_zygote_report hello = {
        .event = JGI_ZYGOTE_HELLO, .protocol = JGI_ZYGOTE_PROTOCOL, .count = (uint32_t)count};
    memcpy(packet, &hello, sizeof hello);
    for (size_t i = 0; i < count; i++)
        memcpy(packet + sizeof hello + i * sizeof(uint64_t), &jgi_registry_at(i)->interface_hash,
               sizeof(uint64_t));
    (void)jgi_fd_send(zygote->socket_fd, packet, size, NULL, 0, 0);
    free(packet);
}

static _Noreturn void be_worker(struct zygote *zygote, int socket_fd, int out_fd, int err_fd,
                                int claims_fd)
{
    sigset_t none;
    pid_t parent = zygote->pid;
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 0);
    (void)dup2(out_fd, 1);
    (void)dup2(err_fd, 2);
    (void)close(out_fd);
    (void)close(err_fd);
    (void)close(zygote->socket_fd);
    (void)close(zygote->signal_fd);
    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    jgi_worker_serve(socket_fd, claims_fd);
}

/* 0, or the errno. */
static int fork_one(struct zygote *zygote, bool is_reuse)
{
    int pair[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, claims_fd = -1, error = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
        pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        error = errno;
    if (error == 0 && is_reuse) {
        claims_fd = jgi_fd_memfd("jobgen-claims");
        if (claims_fd < 0 || ftruncate(claims_fd, sizeof(struct jgi_claims)) != 0) error = errno;
    }
    if (error == 0) {
        pid_t pid = fork();
        if (pid == 0) {
            (void)close(pair[0]);
            (void)close(out[0]);
            (void)close(err[0]);
            be_worker(zygote, pair[1], out[1], err[1], claims_fd);
        }
        if (pid < 0) {
            error = errno;
        } else {
            struct jgi_zygote_report told = {
                .event = JGI_ZYGOTE_WORKER, .is_reuse = is_reuse, .pid = pid};
            int fds[4] = {pair[0], out[0], err[0], claims_fd};
            report(zygote, &told, fds, is_reuse ? 4 : 3);
        }
    }
    for (int i = 0; i < 2; i++) {
        (void)jgi_fd_close(pair[i]);
        (void)jgi_fd_close(out[i]);
        (void)jgi_fd_close(err[i]);
    }
    (void)jgi_fd_close(claims_fd);
    return error;
}

static void fork_some(struct zygote *zygote, uint32_t count, bool is_reuse)
{
    for (uint32_t i = 0; i < count; i++) {
        int error = fork_one(zygote, is_reuse);
        if (error == 0) continue;
        struct jgi_zygote_report told = {.event = JGI_ZYGOTE_NO_WORKER,
                                         .count = count - i,
                                         .is_reuse = is_reuse,
                                         .error = error};
        report(zygote, &told, NULL, 0);
        return;
    }
}

/* PF_EXITING in the flags of /proc/PID/stat: it is dying by itself, its status is settled. */
static bool is_exiting(pid_t pid)
{
    char path[64], text[1024];
    unsigned flags;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t got = read(fd, text, sizeof text - 1);
    (void)close(fd);
    if (got <= 0) return false;
    text[got] = '\0';
    const char *behind = strrchr(text, ')');
    return behind != NULL && sscanf(behind + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
           (flags & 4u) != 0;
}

static void probe(struct zygote *zygote, pid_t pid)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid)
        return;
    if (is_exiting(pid)) return;
    if (zygote->probed_count < PROBED_MAX) zygote->probed[zygote->probed_count++] = pid;
    (void)kill(pid, SIGKILL);
}

static bool was_probed(struct zygote *zygote, pid_t pid)
{
    for (size_t i = 0; i < zygote->probed_count; i++) {
        if (zygote->probed[i] != pid) continue;
        zygote->probed[i] = zygote->probed[--zygote->probed_count];
        return true;
    }
    return false;
}

static void reap(struct zygote *zygote)
{
    int wait_status;
    struct rusage usage;
    pid_t pid;
    while ((pid = wait4(-1, &wait_status, WNOHANG, &usage)) > 0) {
        (void)kill(-pid, SIGKILL); /* what the job left running in its group */
        struct jgi_zygote_report told = {
            .event = JGI_ZYGOTE_DEATH, .pid = pid, .wait_status = wait_status};
        told.was_alive = was_probed(zygote, pid);
        told.cpu_us = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000u +
                      (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
        told.peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024u;
        report(zygote, &told, NULL, 0);
    }
}

/* Every child, and again those that came to us when their parents ended, until none is left. */
static _Noreturn void end_all(void)
{
    for (int round = 0; round < KILL_ROUNDS; round++) {
        FILE *children = fopen("/proc/thread-self/children", "re");
        int pid, count = 0;
        while (children != NULL && fscanf(children, "%d", &pid) == 1) {
            (void)kill(-pid, SIGKILL);
            (void)kill(pid, SIGKILL);
            count++;
        }
        if (children != NULL) (void)fclose(children);
        if (count == 0 || wait4(-1, NULL, 0, NULL) < 0) break;
        while (wait4(-1, NULL, WNOHANG, NULL) > 0) {
        }
    }
    jgi_worker_exit(0);
}

static void obey(struct zygote *zygote)
{
    struct jgi_zygote_request request;
    ssize_t got = recv(zygote->socket_fd, &request, sizeof request, 0);
    if (got < 0 && errno == EINTR) return;
    if (got != (ssize_t)sizeof request) end_all();
    if (request.command == JGI_ZYGOTE_FORK) {
        fork_some(zygote, request.count, request.is_reuse != 0);
    } else if (request.command == JGI_ZYGOTE_SIGNAL) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)request.pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
            (void)kill(-request.pid, request.signal_number);
    } else if (request.command == JGI_ZYGOTE_PROBE) {
        probe(zygote, request.pid);
    }
}

_Noreturn void jgi_zygote_serve(int socket_fd)
{
    static struct zygote zygote;
    sigset_t child;
    zygote = (struct zygote){.socket_fd = socket_fd, .pid = getpid()};
    (void)fcntl(socket_fd, F_SETFD, FD_CLOEXEC);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, NULL);
    zygote.signal_fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (zygote.signal_fd < 0) _exit(1);
    (void)fflush(NULL);
    (void)malloc_trim(0);
    say_hello(&zygote);
    for (;;) {
        struct pollfd ready[2] = {{.fd = socket_fd, .events = POLLIN},
                                  {.fd = zygote.signal_fd, .events = POLLIN}};
        if (poll(ready, 2, -1) < 0) continue;
        if (ready[1].revents != 0) {
            struct signalfd_siginfo news;
            while (read(zygote.signal_fd, &news, sizeof news) > 0) {
            }
            reap(&zygote);
        }
        if (ready[0].revents != 0) obey(&zygote);
    }
}
