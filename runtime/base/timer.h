/* SPDX-License-Identifier: MIT */
/* Moments at which something is due: a binary heap whose members lie inside their owners. */
#ifndef JOBGEN_BASE_TIMER_H
#define JOBGEN_BASE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jgi_timer {
    uint64_t due_ns;
    size_t place; /* 0: not set, else 1 + index in the heap */
};

struct jgi_timers {
    struct jgi_timer **heap; /* owned */
    size_t count, capacity;
};

void jgi_timers_fini(struct jgi_timers *timers);

/* Room for `count` at once: while no more are set, setting cannot fail. False: no memory. */
bool jgi_timers_reserve(struct jgi_timers *timers, size_t count);

/* Sets or moves it. False: no memory; then it is not set. */
bool jgi_timer_set(struct jgi_timers *timers, struct jgi_timer *timer, uint64_t due_ns);

/* Also of one that is not set. */
void jgi_timer_clear(struct jgi_timers *timers, struct jgi_timer *timer);

/* The earliest moment; JGI_NEVER if none is set. */
uint64_t jgi_timers_next(const struct jgi_timers *timers);

/* Takes one that is due at `now_ns`; NULL: none. */
struct jgi_timer *jgi_timers_pop(struct jgi_timers *timers, uint64_t now_ns);

#endif
