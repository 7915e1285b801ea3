/* SPDX-License-Identifier: MIT */
/* Moments at which something is due: a binary heap whose members lie inside their owners. */
#include "timer.h"

#include "clock.h"

#include <stdlib.h>

void jgi_timers_fini(struct jgi_timers *timers)
{
    free(timers->heap);
    *timers = (struct jgi_timers){0};
}

static void place(struct jgi_timers *timers, size_t index, struct jgi_timer *timer)
{
    timers->heap[index] = timer;
    timer->place = index + 1;
}

/* Puts `timer` where it belongs, starting from the hole at `index`. */
static void sift(struct jgi_timers *timers, size_t index, struct jgi_timer *timer)
{
    while (index > 0 && timers->heap[(index - 1) / 2]->due_ns > timer->due_ns) {
        place(timers, index, timers->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= timers->count) break;
        if (child + 1 < timers->count &&
            timers->heap[child + 1]->due_ns < timers->heap[child]->due_ns)
            child++;
        if (timers->heap[child]->due_ns >= timer->due_ns) break;
        place(timers, index, timers->heap[child]);
        index = child;
    }
    place(timers, index, timer);
}

bool jgi_timers_reserve(struct jgi_timers *timers, size_t count)
{
    if (count <= timers->capacity) return true;
    size_t capacity = timers->capacity == 0 ? 16 : timers->capacity * 2;
    if (capacity < count) capacity = count;
    struct jgi_timer **heap = realloc(timers->heap, capacity * sizeof(struct jgi_timer *));
    if (heap == NULL) return false;
    timers->heap = heap;
    timers->capacity = capacity;
    return true;
}

bool jgi_timer_set(struct jgi_timers *timers, struct jgi_timer *timer, uint64_t due_ns)
{
    jgi_timer_clear(timers, timer);
    if (!jgi_timers_reserve(timers, timers->count + 1)) return false;
    timer->due_ns = due_ns;
    sift(timers, timers->count++, timer);
    return true;
}

void jgi_timer_clear(struct jgi_timers *timers, struct jgi_timer *timer)
{
    if (timer->place == 0) return;
    size_t index = timer->place - 1;
    struct jgi_timer *last = timers->heap[--timers->count];
    timer->place = 0;
    if (last != timer) sift(timers, index, last);
}

uint64_t jgi_timers_next(const struct jgi_timers *timers)
{
    return timers->count == 0 ? JGI_NEVER : timers->heap[0]->due_ns;
}

struct jgi_timer *jgi_timers_pop(struct jgi_timers *timers, uint64_t now_ns)
{
    if (timers->count == 0 || timers->heap[0]->due_ns > now_ns) return NULL;
    struct jgi_timer *due = timers->heap[0];
    jgi_timer_clear(timers, due);
    return due;
}
