/* SPDX-License-Identifier: MIT */
/* Time for bounds: CLOCK_MONOTONIC only. */
#ifndef JOBGEN_BASE_CLOCK_H
#define JOBGEN_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* No bound. */
#define JGI_NEVER UINT64_MAX

static inline uint64_t jgi_clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The moment `timeout_ms` from now; negative: JGI_NEVER. */
static inline uint64_t jgi_clock_deadline(int timeout_ms)
{
    return timeout_ms < 0 ? JGI_NEVER : jgi_clock_ns() + (uint64_t)timeout_ms * 1000000u;
}

/* For poll and epoll_wait: -1 for JGI_NEVER, rounded up, 0 when it has passed. */
static inline int jgi_clock_poll_ms(uint64_t deadline_ns)
{
    if (deadline_ns == JGI_NEVER) return -1;
    uint64_t now = jgi_clock_ns();
    if (now >= deadline_ns) return 0;
    uint64_t left_ms = (deadline_ns - now + 999999u) / 1000000u;
    return left_ms > 1000000000u ? 1000000000 : (int)left_ms;
}

static inline struct timespec jgi_clock_timespec(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / 1000000000u),
                             .tv_nsec = (long)(ns % 1000000000u)};
}

#endif
