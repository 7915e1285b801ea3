/* SPDX-License-Identifier: MIT */
/* For tests with callbacks: the test's `loop` is locked, and callbacks signal its `changed`. */
#ifndef TEST_WAIT_UNTIL_H
#define TEST_WAIT_UNTIL_H

#include "base/clock.h"
#include "base/loop.h"

#include <criterion/criterion.h>

enum { LONG_S = 60 }; /* for whatever must come: longer than any machine takes for it */

#define WAIT_UNTIL(condition)                                                                      \
    do {                                                                                           \
        uint64_t deadline = jgi_clock_deadline(LONG_S * 1000);                                     \
        while (!(condition))                                                                       \
            cr_assert(jgi_loop_wait(loop, &changed, deadline), "never: " #condition);              \
    } while (0)

#endif
