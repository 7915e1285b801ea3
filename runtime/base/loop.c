/* SPDX-License-Identifier: MIT */
/* One thread that waits for descriptors and moments, and one lock over all that is reached from it.

   A watch may be freed by its owner only in on_end of a round (or when it was never given to
   epoll): the events of the round that still name it have been dealt with by then. What may be done
   by any thread, as soon as somebody has given the last of a lot, belongs into on_flush. */
#define _GNU_SOURCE
#include "loop.h"

#include "clock.h"
#include "fd.h"
#include "thread.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS_MAX = 64, SLEEPERS = 16 };

struct jgi_sleeper {
    struct jgi_link link; /* among those that have been roused */
    unsigned users;       /* threads */
    pthread_cond_t condition;
};

struct jgi_loop {
    pthread_mutex_t lock;
    pthread_t thread;
    int epoll_fd;
    struct jgi_watch wake; /* eventfd: look at the alarms again, or stop */
    struct jgi_timers timers;
    uint64_t sleeps_until_ns; /* JGI_NEVER while it does not sleep with a bound */
    uint64_t seen_ns;         /* what came until then is among the events of this round */
    struct jgi_link rounds, laters;
    struct jgi_link roused;
    struct jgi_sleeper sleepers[SLEEPERS]; /* one thread each, and all others have the last one */
    /* What comes next, so that callbacks may remove any round. */
    struct jgi_link *next_to_flush, *next_to_end;
    bool is_flushing, is_to_flush_again;
    bool is_stopping;
};

static void on_wake(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events)
{
    uint64_t count;
    (void)loop;
    (void)events;
    (void)!read(watch->fd, &count, sizeof count); /* EAGAIN: another round has taken it */
}

void jgi_loop_wake(struct jgi_loop *loop)
{
    uint64_t one = 1;
    (void)!write(loop->wake.fd, &one, sizeof one); /* EAGAIN: it is awake already */
}

/* Not those that are due by now, but those whose moment the events have reached: a process that did
   not get to run for a while would take what it has not looked at yet for what did not come. */
static void run_alarms(struct jgi_loop *loop)
{
    struct jgi_timer *due;
    while ((due = jgi_timers_pop(&loop->timers, loop->seen_ns)) != NULL) {
        struct jgi_alarm *alarm = JGI_OWNER(due, struct jgi_alarm, timer);
        alarm->on_due(loop, alarm);
    }
}

static void run_round(struct jgi_loop *loop, const struct epoll_event *events, int count)
{
    for (int i = 0; i < count; i++) {
        struct jgi_watch *watch = events[i].data.ptr;
        if (watch->events != 0) watch->on_ready(loop, watch, events[i].events);
    }
    run_alarms(loop);
    jgi_loop_flush(loop);
    loop->next_to_end = loop->rounds.next;
    while (loop->next_to_end != &loop->rounds) {
        struct jgi_round *round = JGI_OWNER(loop->next_to_end, struct jgi_round, link);
        loop->next_to_end = round->link.next;
        if (round->on_end != NULL) round->on_end(loop, round);
    }
}

static void *run(void *argument)
{
    struct jgi_loop *loop = argument;
    struct epoll_event events[EVENTS_MAX];
    jgi_loop_lock(loop);
    while (!loop->is_stopping) {
        uint64_t until_ns = loop->sleeps_until_ns = jgi_timers_next(&loop->timers);
        jgi_loop_unlock(loop);
        uint64_t seen_ns = jgi_clock_ns();
        int count = epoll_wait(loop->epoll_fd, events, EVENTS_MAX, jgi_clock_poll_ms(until_ns));
        jgi_loop_lock(loop);
        loop->seen_ns = count == 0 && until_ns > seen_ns ? until_ns : seen_ns;
        loop->sleeps_until_ns = 0; /* awake: it will look at the alarms by itself */
        run_round(loop, events, count);
    }
    jgi_loop_unlock(loop);
    return NULL;
}

static void close_all(struct jgi_loop *loop)
{
    loop->epoll_fd = jgi_fd_close(loop->epoll_fd);
    loop->wake.fd = jgi_fd_close(loop->wake.fd);
}

struct jgi_loop *jgi_loop_new(void)
{
    struct jgi_loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) return NULL;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake =
        (struct jgi_watch){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .on_ready = on_wake};
    jgi_list_init(&loop->rounds);
    jgi_list_init(&loop->laters);
    jgi_list_init(&loop->roused);
    loop->next_to_flush = loop->next_to_end = &loop->rounds;
    (void)pthread_mutex_init(&loop->lock, NULL); /* cannot fail on Linux with default attributes */
    for (size_t i = 0; i < SLEEPERS; i++) {
        jgi_list_init(&loop->sleepers[i].link);
        (void)jgi_condition_init(&loop->sleepers[i].condition); /* no more can this */
    }
    int error = 0;
    if (loop->epoll_fd < 0 || loop->wake.fd < 0 || !jgi_loop_watch(loop, &loop->wake, EPOLLIN))
        error = errno;
    if (error == 0) error = jgi_thread_start(&loop->thread, run, loop);
    if (error != 0) {
        close_all(loop);
        free(loop);
        errno = error;
        return NULL;
    }
    return loop;
}

struct jgi_loop *jgi_loop_free(struct jgi_loop *loop)
{
    if (loop == NULL) return NULL;
    jgi_loop_lock(loop);
    loop->is_stopping = true;
    jgi_loop_wake(loop);
    jgi_loop_unlock(loop);
    (void)pthread_join(loop->thread, NULL);
    close_all(loop);
    jgi_timers_fini(&loop->timers);
    for (size_t i = 0; i < SLEEPERS; i++)
        (void)pthread_cond_destroy(&loop->sleepers[i].condition);
    (void)pthread_mutex_destroy(&loop->lock);
    free(loop);
    return NULL;
}

void jgi_loop_forget(struct jgi_loop *loop)
{
    close_all(loop);
}

void jgi_loop_lock(struct jgi_loop *loop)
{
    (void)pthread_mutex_lock(&loop->lock);
}

/* Moves all that have been roused; how many. */
static size_t take_roused(struct jgi_loop *loop, struct jgi_sleeper **ret_roused)
{
    size_t count = 0;
    while (!jgi_list_is_empty(&loop->roused)) {
        ret_roused[count] = JGI_OWNER(loop->roused.next, struct jgi_sleeper, link);
        jgi_list_remove(&ret_roused[count++]->link);
    }
    return count;
}

/* A sleeper may be returned, and be another thread's, before it is signalled: that one looks and
   sleeps on. */
static void wake_roused(struct jgi_sleeper *const *roused, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)pthread_cond_broadcast(&roused[i]->condition);
}

void jgi_loop_unlock(struct jgi_loop *loop)
{
    struct jgi_sleeper *roused[SLEEPERS];
    size_t count = take_roused(loop, roused);
    (void)pthread_mutex_unlock(&loop->lock);
    wake_roused(roused, count);
}

bool jgi_loop_watch(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events)
{
    if (watch->events == events) return true;
    struct epoll_event event = {.events = events, .data.ptr = watch};
    int what = watch->events == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    if (epoll_ctl(loop->epoll_fd, what, watch->fd, &event) != 0) return false;
    watch->events = events;
    return true;
}

bool jgi_loop_set_alarm(struct jgi_loop *loop, struct jgi_alarm *alarm, uint64_t due_ns)
{
    if (due_ns == JGI_NEVER) {
        jgi_loop_clear_alarm(loop, alarm);
        return true;
    }
    if (!jgi_timer_set(&loop->timers, &alarm->timer, due_ns)) return false;
    if (due_ns < loop->sleeps_until_ns) {
        loop->sleeps_until_ns = due_ns;
        jgi_loop_wake(loop);
    }
    return true;
}

void jgi_loop_clear_alarm(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    jgi_timer_clear(&loop->timers, &alarm->timer);
}

uint64_t jgi_loop_seen_ns(const struct jgi_loop *loop)
{
    return loop->seen_ns;
}

void jgi_loop_add_round(struct jgi_loop *loop, struct jgi_round *round)
{
    jgi_list_add_last(&loop->rounds, &round->link);
}

void jgi_loop_remove_round(struct jgi_loop *loop, struct jgi_round *round)
{
    if (loop->next_to_flush == &round->link) loop->next_to_flush = round->link.next;
    if (loop->next_to_end == &round->link) loop->next_to_end = round->link.next;
    jgi_list_remove(&round->link);
}

static void run_laters(struct jgi_loop *loop)
{
    while (!jgi_list_is_empty(&loop->laters)) {
        struct jgi_later *later = JGI_OWNER(loop->laters.next, struct jgi_later, link);
        jgi_loop_forget_later(loop, later);
        later->run(loop, later);
    }
}

void jgi_loop_flush(struct jgi_loop *loop)
{
    loop->is_to_flush_again = true;
    if (loop->is_flushing) return; /* by the one of whom this is a part, or by another thread */
    loop->is_flushing = true;
    while (loop->is_to_flush_again) {
        loop->is_to_flush_again = false;
        loop->next_to_flush = loop->rounds.next;
        while (loop->next_to_flush != &loop->rounds) {
            struct jgi_round *round = JGI_OWNER(loop->next_to_flush, struct jgi_round, link);
            loop->next_to_flush = round->link.next;
            if (round->on_flush != NULL) round->on_flush(loop, round);
        }
        run_laters(loop);
    }
    loop->is_flushing = false;
}

void jgi_loop_do_later(struct jgi_loop *loop, struct jgi_later *later)
{
    if (later->is_set) return;
    later->is_set = true;
    jgi_list_add_last(&loop->laters, &later->link);
}

void jgi_loop_forget_later(struct jgi_loop *loop, struct jgi_later *later)
{
    (void)loop;
    if (later->is_set) jgi_list_remove(&later->link);
    later->is_set = false;
}

bool jgi_loop_wait(struct jgi_loop *loop, pthread_cond_t *condition, uint64_t deadline_ns)
{
    struct jgi_sleeper *roused[SLEEPERS];
    wake_roused(roused, take_roused(loop, roused)); /* the wait gives up the lock */
    if (deadline_ns == JGI_NEVER) return pthread_cond_wait(condition, &loop->lock) == 0;
    struct timespec until = jgi_clock_timespec(deadline_ns);
    return pthread_cond_timedwait(condition, &loop->lock, &until) != ETIMEDOUT;
}

bool jgi_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    int error = pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return error == 0;
}

struct jgi_sleeper *jgi_loop_lend_sleeper(struct jgi_loop *loop)
{
    size_t i = 0;
    while (i + 1 < SLEEPERS && loop->sleepers[i].users > 0)
        i++;
    loop->sleepers[i].users++;
    return &loop->sleepers[i];
}

void jgi_loop_return_sleeper(struct jgi_loop *loop, struct jgi_sleeper *sleeper)
{
    (void)loop;
    sleeper->users--;
}

bool jgi_loop_sleep(struct jgi_loop *loop, struct jgi_sleeper *sleeper, uint64_t deadline_ns)
{
    return jgi_loop_wait(loop, &sleeper->condition, deadline_ns);
}

void jgi_loop_rouse(struct jgi_loop *loop, struct jgi_sleeper *sleeper)
{
    jgi_list_remove(&sleeper->link);
    jgi_list_add_last(&loop->roused, &sleeper->link);
}
