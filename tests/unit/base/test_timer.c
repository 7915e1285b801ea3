/* SPDX-License-Identifier: MIT */
/* Moments are given back in their order, whatever is set, moved and cleared between. */
#include "base/clock.h"
#include "base/timer.h"

#include <criterion/criterion.h>

enum { MANY = 200 };

Test(timer, none_is_due_when_none_is_set)
{
    struct jgi_timers timers = {0};
    struct jgi_timer timer = {0};
    cr_expect_eq(jgi_timers_next(&timers), JGI_NEVER);
    cr_expect_null(jgi_timers_pop(&timers, UINT64_MAX));
    jgi_timer_clear(&timers, &timer);
    cr_expect_null(jgi_timers_pop(&timers, UINT64_MAX));
    jgi_timers_fini(&timers);
}

Test(timer, is_due_at_its_moment_and_once)
{
    struct jgi_timers timers = {0};
    struct jgi_timer timer = {0};
    cr_assert(jgi_timer_set(&timers, &timer, 100));
    cr_expect_eq(jgi_timers_next(&timers), 100);
    cr_expect_null(jgi_timers_pop(&timers, 99));
    cr_expect_eq(jgi_timers_pop(&timers, 100), &timer);
    cr_expect_null(jgi_timers_pop(&timers, 100));
    cr_assert(jgi_timer_set(&timers, &timer, 50), "it may be set again");
    cr_expect_eq(jgi_timers_pop(&timers, UINT64_MAX), &timer);
    jgi_timers_fini(&timers);
}

Test(timer, can_be_moved_both_ways)
{
    struct jgi_timers timers = {0};
    struct jgi_timer moved = {0}, other = {0};
    cr_assert(jgi_timer_set(&timers, &moved, 100));
    cr_assert(jgi_timer_set(&timers, &other, 200));
    cr_assert(jgi_timer_set(&timers, &moved, 300));
    cr_expect_eq(jgi_timers_next(&timers), 200);
    cr_assert(jgi_timer_set(&timers, &moved, 10));
    cr_expect_eq(jgi_timers_pop(&timers, 500), &moved);
    cr_expect_eq(jgi_timers_pop(&timers, 500), &other);
    cr_expect_null(jgi_timers_pop(&timers, 500), "each is there once");
    jgi_timers_fini(&timers);
}

/* Against a plain array that is searched: sets, moves, clears and pops as drawn. */
Test(timer, does_what_a_search_does)
{
    struct jgi_timers timers = {0};
    static struct jgi_timer all[MANY];
    static bool is_set[MANY];
    uint32_t draw = 7;
    for (int step = 0; step < 20000; step++) {
        draw = draw * 1103515245u + 12345u;
        int which = (int)((draw >> 8) % MANY), what = (int)(draw >> 28);
        if (what < 9) {
            cr_assert(jgi_timer_set(&timers, &all[which], (draw >> 5) % 1000));
            is_set[which] = true;
        } else if (what < 12) {
            jgi_timer_clear(&timers, &all[which]);
            is_set[which] = false;
        } else {
            uint64_t first = JGI_NEVER;
            for (int i = 0; i < MANY; i++)
                if (is_set[i] && all[i].due_ns < first) first = all[i].due_ns;
            cr_assert_eq(jgi_timers_next(&timers), first);
            struct jgi_timer *due = jgi_timers_pop(&timers, (draw >> 5) % 1000);
            if (first > (draw >> 5) % 1000) {
                cr_assert_null(due);
                continue;
            }
            cr_assert(due >= all && due < all + MANY);
            cr_assert_eq(due->due_ns, first);
            cr_assert(is_set[due - all]);
            is_set[due - all] = false;
        }
    }
    jgi_timers_fini(&timers);
}

Test(timer, clock_rounds_up_so_that_nobody_wakes_too_early)
{
    cr_expect_eq(jgi_clock_poll_ms(JGI_NEVER), -1);
    cr_expect_eq(jgi_clock_poll_ms(0), 0);
    cr_expect_eq(jgi_clock_deadline(-1), JGI_NEVER);
    cr_expect_eq(jgi_clock_poll_ms(UINT64_MAX - 1), 1000000000, "as long as fits");
    uint64_t before = jgi_clock_ns();
    uint64_t deadline = jgi_clock_deadline(5);
    cr_expect_geq(deadline, before + 5000000u);
    for (uint64_t now = before; jgi_clock_poll_ms(deadline) > 0; now = jgi_clock_ns())
        cr_assert_lt(now, deadline, "it had passed before");
    cr_expect_geq(jgi_clock_ns(), deadline, "0 only when it has passed");
    struct timespec time = jgi_clock_timespec(UINT64_C(3) * 1000000000u + 7);
    cr_expect(time.tv_sec == 3 && time.tv_nsec == 7);
}
