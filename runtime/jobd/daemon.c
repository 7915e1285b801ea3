/* SPDX-License-Identifier: MIT */
/* What jobd's daemons have in common: signals as events, descriptors enough, being ready. */
#define _GNU_SOURCE
#include "daemon.h"

#include "../base/clock.h"
#include "../base/fd.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* One that the starter has ignored (nohup) stays ignored: the kernel drops it. */
static void stop_signals(sigset_t *ret_set)
{
    (void)sigemptyset(ret_set);
    (void)sigaddset(ret_set, SIGTERM);
    (void)sigaddset(ret_set, SIGINT);
    (void)sigaddset(ret_set, SIGHUP);
}

void jgi_daemon_begin(void)
{
    sigset_t stops;
    struct rlimit limit;
    stop_signals(&stops);
    (void)pthread_sigmask(SIG_BLOCK, &stops, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* else it serves fewer */
}

static void on_signal(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events)
{
    struct jgi_stops *stops = JGI_OWNER(watch, struct jgi_stops, watch);
    struct signalfd_siginfo about;
    (void)loop;
    (void)events;
    while (read(watch->fd, &about, sizeof about) == (ssize_t)sizeof about)
        stops->count++;
    (void)pthread_cond_broadcast(&stops->has_come);
}

bool jgi_stops_open(struct jgi_stops *stops, struct jgi_loop *loop)
{
    sigset_t set;
    stop_signals(&set);
    *stops = (struct jgi_stops){.loop = loop, .watch = {.on_ready = on_signal}};
    stops->watch.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (stops->watch.fd < 0) return false;
    bool is_watched = jgi_condition_init(&stops->has_come);
    jgi_loop_lock(loop);
    is_watched = is_watched && jgi_loop_watch(loop, &stops->watch, JGI_READABLE);
    jgi_loop_unlock(loop);
    if (!is_watched) stops->watch.fd = jgi_fd_close(stops->watch.fd);
    return is_watched;
}

unsigned jgi_stops_wait(struct jgi_stops *stops, unsigned seen)
{
    jgi_loop_lock(stops->loop);
    while (stops->count <= seen)
        (void)jgi_loop_wait(stops->loop, &stops->has_come, JGI_NEVER); /* no deadline to miss */
    unsigned count = stops->count;
    jgi_loop_unlock(stops->loop);
    return count;
}

void jgi_stops_close(struct jgi_stops *stops)
{
    jgi_loop_lock(stops->loop);
    (void)jgi_loop_watch(stops->loop, &stops->watch, 0);
    jgi_loop_unlock(stops->loop);
    stops->watch.fd = jgi_fd_close(stops->watch.fd);
    (void)pthread_cond_destroy(&stops->has_come);
}

void jgi_daemon_tell_ready(int fd)
{
    if (fd < 0) return;
    while (write(fd, "\n", 1) < 0 && errno == EINTR)
        ;
    (void)jgi_fd_close(fd);
}
