/* SPDX-License-Identifier: MIT */
/* The zygote: a pristine process of the program that makes workers, reaps them, and tells the pool.

   It waits for its socket and, by a signalfd, for deaths; it never waits for a particular child,
   and between two of several workers asked for it looks at both. What goes wrong:
   - no worker can be made: told by NO_WORKER, once for all that were asked for;
   - the pool's end closes: all that descends from this process is killed, and it ends;
   - it is killed itself: workers die with it by their parent-death signal. */
#define _GNU_SOURCE
#include "zygote.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "brood.h"
#include "entry.h"
#include "lean.h"
#include "newborn.h"
#include "process.h"
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRESH, REUSE, KIND_COUNT, NAME_MAX_SIZE = 1024 };

struct zygote {
    struct jgi_nest nest;
    struct jgi_brood brood;
    uint32_t wanted[KIND_COUNT]; /* workers asked for and not made yet */
};

static _Noreturn void end(struct zygote *zygote)
{
    jgi_brood_end(&zygote->brood);
    jgi_worker_exit(0);
}

/* False: the pool has gone, or (ETOOMANYREFS) it is behind with taking descriptors. */
static bool report(struct zygote *zygote, const struct jgi_zygote_report *told,
                   const struct jgi_newborn *newborn)
{
    const int *fds = newborn == NULL ? NULL : newborn->fds;
    size_t fd_count = newborn == NULL ? 0 : newborn->fd_count;
    return jgi_fd_send(zygote->nest.socket_fd, told, sizeof *told, fds, fd_count, 0) >= 0;
}

/* It cannot serve: told as a worker that cannot be made. */
static _Noreturn void end_by(struct zygote *zygote, int error)
{
    struct jgi_zygote_report told = {.event = JGI_ZYGOTE_NO_WORKER, .error = error};
    (void)report(zygote, &told, NULL);
    end(zygote);
}

/* Adds a job to a packet; its size there. */
static size_t tell_job(char *to, const struct jgi_job *job)
{
    const struct jgi_job_options *options = &job->options;
    size_t length = strnlen(job->name, NAME_MAX_SIZE - 1);
    struct jgi_zygote_job told = {.job = job->interface_hash,
                                  .timeout_ms = options->timeout_ms,
                                  .retries = options->retries,
                                  .init_ms = (uint32_t)options->init_retry_interval_ms,
                                  .async_init_ms = (uint32_t)options->async_init_retry_interval_ms,
                                  .sync_ms = (uint32_t)options->sync_retry_interval_ms,
                                  .async_get_ms = (uint32_t)options->async_get_retry_interval_ms,
                                  .async_set_ms = (uint32_t)options->async_set_retry_interval_ms,
                                  .shutdown_ms = (uint32_t)options->shutdown_retry_interval_ms,
                                  .fanout = (uint16_t)options->fanout,
                                  .is_reuse = options->is_reuse,
                                  .is_idempotent = options->is_idempotent,
                                  .name_size = (uint32_t)length + 1};
    memcpy(to, &told, sizeof told);
    memcpy(to + sizeof told, job->name, length);
    to[sizeof told + length] = '\0';
    return sizeof told + length + 1;
}

/* In as many packets as it takes. */
static void say_hello(struct zygote *zygote)
{
    static const size_t room =
        JGI_ZYGOTE_PACKET_MAX - sizeof(struct jgi_zygote_job) - NAME_MAX_SIZE;
    char *packet = malloc(JGI_ZYGOTE_PACKET_MAX);
    size_t at = 0, count = jgi_registry_count();
    if (packet == NULL || !jgi_registry_is_whole()) end_by(zygote, ENOMEM);
    do {
        struct jgi_zygote_report hello = {.event = JGI_ZYGOTE_HELLO,
                                          .protocol = JGI_ZYGOTE_PROTOCOL,
                                          .started_threads = zygote->nest.starts_again};
        size_t size = sizeof hello;
        for (; at < count && size <= room; at++, hello.count++)
            size += tell_job(packet + size, jgi_registry_at(at));
        hello.has_more = at < count;
        memcpy(packet, &hello, sizeof hello);
        if (jgi_fd_send(zygote->nest.socket_fd, packet, size, NULL, 0, 0) < 0) end(zygote);
    } while (at < count);
    free(packet);
}

/* 0, or the errno. */
static int make_worker(struct zygote *zygote, bool is_reuse)
{
    struct jgi_newborn newborn;
    if (!jgi_brood_reserve(&zygote->brood)) return ENOMEM;
    int error = jgi_newborn_make(&zygote->nest, is_reuse, &newborn);
    if (error != 0) return error;
    struct jgi_zygote_report told = {
        .event = JGI_ZYGOTE_WORKER, .is_reuse = is_reuse, .pid = newborn.pid};
    if (report(zygote, &told, &newborn)) {
        jgi_brood_add(&zygote->brood, newborn.pid);
    } else {
        error = errno;
        (void)kill(newborn.pid, SIGKILL); /* nobody knows of it; it is reaped and not told */
    }
    jgi_newborn_close(&newborn);
    return error;
}

static void make_one_of(struct zygote *zygote, int kind)
{
    if (zygote->wanted[kind] == 0) return;
    int error = make_worker(zygote, kind == REUSE);
    if (error == 0) {
        zygote->wanted[kind]--;
        return;
    }
    struct jgi_zygote_report told = {.event = JGI_ZYGOTE_NO_WORKER,
                                     .count = zygote->wanted[kind],
                                     .is_reuse = kind == REUSE,
                                     .error = error};
    zygote->wanted[kind] = 0;
    (void)report(zygote, &told, NULL); /* failed: the socket's end is seen by the next poll */
}

static void signal_worker(struct zygote *zygote, pid_t pid, int signal_number)
{
    struct jgi_brood_worker *worker = jgi_brood_find(&zygote->brood, pid);
    if (worker != NULL) jgi_brood_signal(worker, signal_number);
}

static void probe(struct zygote *zygote, pid_t pid)
{
    siginfo_t info = {0};
    struct jgi_brood_worker *worker = jgi_brood_find(&zygote->brood, pid);
    if (worker == NULL) return; /* its death has been told */
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid)
        return; /* it is about to be */
    if (jgi_process_is_exiting(pid)) return;
    worker->was_alive = true;
    jgi_brood_signal(worker, SIGKILL);
}

static uint64_t microseconds(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000u + (uint64_t)time->tv_usec;
}

static void reap(struct zygote *zygote)
{
    int wait_status;
    struct rusage usage;
    pid_t pid;
    while ((pid = wait4(-1, &wait_status, WNOHANG, &usage)) > 0) {
        struct jgi_brood_worker *worker = jgi_brood_find(&zygote->brood, pid);
        if (worker == NULL) continue;
        struct jgi_zygote_report told = {.event = JGI_ZYGOTE_DEATH,
                                         .pid = pid,
                                         .wait_status = wait_status,
                                         .was_alive = worker->was_alive,
                                         .cpu_us = microseconds(&usage.ru_utime) +
                                                   microseconds(&usage.ru_stime),
                                         .peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024u};
        jgi_brood_remove(&zygote->brood, worker);
        if (!report(zygote, &told, NULL))
            end(zygote); /* a death that nobody hears of ends no call */
    }
}

static void obey(struct zygote *zygote)
{
    struct jgi_zygote_request request;
    ssize_t got = recv(zygote->nest.socket_fd, &request, sizeof request, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got != (ssize_t)sizeof request) end(zygote);
    if (request.command == JGI_ZYGOTE_FORK)
        zygote->wanted[request.is_reuse ? REUSE : FRESH] += request.count;
    else if (request.command == JGI_ZYGOTE_SIGNAL)
        signal_worker(zygote, request.pid, request.signal_number);
    else if (request.command == JGI_ZYGOTE_PROBE)
        probe(zygote, request.pid);
}

static void wait_and_serve(struct zygote *zygote)
{
    struct pollfd ready[] = {{.fd = zygote->nest.socket_fd, .events = POLLIN},
                             {.fd = zygote->nest.signal_fd, .events = POLLIN}};
    bool is_busy = zygote->wanted[FRESH] > 0 || zygote->wanted[REUSE] > 0;
    int count = poll(ready, 2, is_busy ? 0 : jgi_clock_poll_ms(zygote->brood.sweep_ns));
    if (count > 0 && ready[1].revents != 0) {
        struct signalfd_siginfo news;
        (void)!read(zygote->nest.signal_fd, &news, sizeof news); /* wait4 says more */
        reap(zygote);
    }
    if (count > 0 && ready[0].revents != 0) obey(zygote);
    make_one_of(zygote, FRESH);
    make_one_of(zygote, REUSE);
    jgi_brood_sweep(&zygote->brood);
}

/* SIGCHLD comes by the signalfd; were it ignored, as a constructor may have it, no status would be
   kept. */
static void watch_children(struct jgi_nest *nest)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t child;
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, &nest->mask);
    (void)sigaction(SIGCHLD, &plain, &nest->on_child);
    nest->signal_fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

_Noreturn void jgi_zygote_serve(int socket_fd)
{
    static struct zygote zygote;
    zygote.nest = (struct jgi_nest){
        .pid = getpid(), .socket_fd = socket_fd, .starts_again = jgi_process_thread_count() > 1};
    jgi_brood_init(&zygote.brood);
    watch_children(&zygote.nest);
    if (zygote.nest.signal_fd < 0) end_by(&zygote, errno);
    say_hello(&zygote);
    jgi_newborn_prepare_stdio();
    if (!zygote.nest.starts_again) {
        jgi_private_files_find(&zygote.nest.files);
        jgi_lean();
    }
    for (;;)
        wait_and_serve(&zygote);
}
