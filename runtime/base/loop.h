/* SPDX-License-Identifier: MIT */
/* One thread that waits for descriptors and moments, and one lock over all that is reached from it.
 */
#ifndef JOBGEN_BASE_LOOP_H
#define JOBGEN_BASE_LOOP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "list.h"
#include "timer.h"

struct jgi_loop;

/* What is waited for, with the values of EPOLLIN and EPOLLOUT. */
enum { JGI_READABLE = 1, JGI_WRITABLE = 4 };

/* A descriptor that is waited for; lies inside its owner. on_ready is called by the loop's thread,
 * locked. */
struct jgi_watch {
    int fd;          /* borrowed */
    uint32_t events; /* what epoll knows now; 0: it does not know the descriptor */
    void (*on_ready)(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events);
};

/* A moment at which on_due is called by the loop's thread, locked; after the events that came
 * before that moment. */
struct jgi_alarm {
    struct jgi_timer timer;
    void (*on_due)(struct jgi_loop *loop, struct jgi_alarm *alarm);
};

/* What events leave to be done together. Both are called locked and may be NULL. */
struct jgi_round {
    struct jgi_link link;
    /* By any thread, in jgi_loop_flush: gives, sends and asks for what has gathered. */
    void (*on_flush)(struct jgi_loop *loop, struct jgi_round *round);
    /* By the loop's thread, at the end of each round and after its flush: no event of the round is
     * left, so watches may be freed. */
    void (*on_end)(struct jgi_loop *loop, struct jgi_round *round);
};

/* Something to be done once, at the end of the next flush: what many events ask for together. */
struct jgi_later {
    struct jgi_link link;
    bool is_set;
    void (*run)(struct jgi_loop *loop, struct jgi_later *later); /* locked, by any thread */
};

/* Where a thread sleeps until others rouse it; the loop's, and as long there. */
struct jgi_sleeper;

/* NULL with errno: no memory, descriptors or threads. Its thread runs with every signal blocked. */
struct jgi_loop *jgi_loop_new(void);

/* Ends the thread and frees all; nothing may be watched any more. Not from its thread. NULL
 * allowed. */
struct jgi_loop *jgi_loop_free(struct jgi_loop *loop);

/* In the child of a fork, where the thread is not: closes its descriptors and leaves the memory
 * alone. */
void jgi_loop_forget(struct jgi_loop *loop);

void jgi_loop_lock(struct jgi_loop *loop);
void jgi_loop_unlock(struct jgi_loop *loop);

/* All below: locked. */

/* Changes what is waited for (JGI_READABLE, JGI_WRITABLE); 0: nothing, also forgets the descriptor.
 * False with errno. */
bool jgi_loop_watch(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events);

/* Sets or moves, or clears; a lost alarm (no memory) is told by false. */
bool jgi_loop_set_alarm(struct jgi_loop *loop, struct jgi_alarm *alarm, uint64_t due_ns);
void jgi_loop_clear_alarm(struct jgi_loop *loop, struct jgi_alarm *alarm);
/* In on_due: what came until this moment was dealt with. Silence is judged by it, not by the clock,
 * which may have gone on while this process did not. */
uint64_t jgi_loop_seen_ns(const struct jgi_loop *loop);

void jgi_loop_add_round(struct jgi_loop *loop, struct jgi_round *round);
void jgi_loop_remove_round(struct jgi_loop *loop, struct jgi_round *round);

/* Calls every on_flush, in the order in which they were added. Where one of them leaves work to
 * another it calls this itself: then all are called once more after it. Each round ends with one.
 */
void jgi_loop_flush(struct jgi_loop *loop);

/* Sets it (again: nothing), or takes it back. */
void jgi_loop_do_later(struct jgi_loop *loop, struct jgi_later *later);
void jgi_loop_forget_later(struct jgi_loop *loop, struct jgi_later *later);

/* Makes the loop's thread end a round soon. */
void jgi_loop_wake(struct jgi_loop *loop);

/* Waits on a condition (made with CLOCK_MONOTONIC) with the loop's lock. False: the deadline has
 * passed. */
bool jgi_loop_wait(struct jgi_loop *loop, pthread_cond_t *condition, uint64_t deadline_ns);

/* A condition for it. */
bool jgi_condition_init(pthread_cond_t *condition);

/* Lends one, which is to be given back. */
struct jgi_sleeper *jgi_loop_lend_sleeper(struct jgi_loop *loop);
void jgi_loop_return_sleeper(struct jgi_loop *loop, struct jgi_sleeper *sleeper);
/* As jgi_loop_wait; may also return before anything has happened. */
bool jgi_loop_sleep(struct jgi_loop *loop, struct jgi_sleeper *sleeper, uint64_t deadline_ns);
/* When the lock has been given up: a thread that is woken sooner wakes up only to wait for the
 * lock.
 */
void jgi_loop_rouse(struct jgi_loop *loop, struct jgi_sleeper *sleeper);

#endif
