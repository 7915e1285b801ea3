/* SPDX-License-Identifier: MIT */
/* Every way to call one job, side by side. Each line says what was written and what came of it. */
#include "jobs.h"

#include <stdio.h>

/* @job */
uint32_t square(uint32_t a)
{
    return a * a;
}

/* A job without a value that never ends by itself.
 *
 * @job(timeout_ms = 60000)
 */
void ponder(void)
{
    for (volatile unsigned thoughts = 0;; thoughts++)
        continue;
}

/* @job */
uint32_t divide(uint32_t a, uint32_t b)
{
    if (b == 0) jg_fail("%u cannot be divided by 0", a);
    return a / b;
}

/* Prints one line; a failure is told and counted. */
static int show(const char *form, jg_status status, uint32_t value)
{
    if (status == JG_OK) {
        printf("%-34s %u\n", form, value);
        return 0;
    }
    const struct jg_failure *failure = jg_last_failure();
    printf("%-34s %s\n", form, failure ? failure->cause : jg_strerror(status));
    return 1;
}

/* Nothing of jobgen takes part: an ordinary call in this process. */
static int plain(void)
{
    return show("square(2)", JG_OK, square(2));
}

/* The caller waits. */
static int blocking(void)
{
    uint32_t value = 0;
    jg_status status = square_local(3, &value);
    int failures = show("square_local(3)", status, value);
    status = square_remote(4, &value);
    return failures + show("square_remote(4)", status, value);
}

/* The caller goes on, and waits later. */
static int async(void)
{
    square_job *local = square_local_async(5);
    square_job *remote = square_remote_async(6);
    /* ... other work ... */
    uint32_t value = 0;
    jg_status status = square_await_get(local, &value);
    int failures = show("square_local_async(5), await_get", status, value);
    status = square_await_get(remote, &value);
    return failures + show("square_remote_async(6), await_get", status, value);
}

/* The caller looks now and then. */
static int polling(void)
{
    square_job *job = square_remote_async(7);
    uint32_t value = 0;
    jg_status status;
    while ((status = square_try_get(job, &value)) == JG_PENDING)
        continue; /* ... or a piece of other work ... */
    return show("square_remote_async(7), try_get", status, value);
}

/* The caller looks at two in turn; a get that is not JG_PENDING consumes its handle. */
static int polling_two(void)
{
    square_job *a = square_local_async(8), *b = square_remote_async(9);
    uint32_t square_a = 0, square_b = 0;
    jg_status status_a = JG_PENDING, status_b = JG_PENDING;
    while (status_a == JG_PENDING || status_b == JG_PENDING) {
        if (status_a == JG_PENDING) status_a = square_try_get(a, &square_a);
        if (status_b == JG_PENDING) status_b = square_try_get(b, &square_b);
    }
    return show("8 and 9 by turns, try_get", status_a, square_a) +
           show("8 and 9 by turns, try_get", status_b, square_b);
}

/* The caller sleeps until any, or all, of several have ended; jobs of different types may stand in
 * one list. A wait consumes nothing. */
static int waiting(void)
{
    square_job *a = square_remote_async(10), *b = square_remote_async(11);
    divide_job *c = divide_remote_async(144, 12);
    jg_job *const jobs[] = {square_as_job(a), square_as_job(b), divide_as_job(c)};
    size_t first = 0;
    if (jg_wait_any(jobs, 3, -1, &first) || jg_wait_all(jobs, 3, -1))
        (void)fputs("forms: a wait failed\n", stderr); /* the gets tell why */
    uint32_t value = 0;
    jg_status status = square_try_get(a, &value);
    int failures = show("wait_all, square_try_get", status, value);
    status = square_try_get(b, &value);
    failures += show("wait_all, square_try_get", status, value);
    status = divide_try_get(c, &value);
    return failures + show("wait_all, divide_try_get", status, value);
}

/* One job for each of many arguments; the results stand in their order. */
static int fanout(void)
{
    const struct square_args args[] = {{13}, {14}, {15}};
    struct square_result results[3];
    if (square_remote_fanout(args, 3, results))
        (void)fputs("forms: not all were squared\n", stderr); /* each item has its status */
    int failures = 0;
    for (size_t i = 0; i < 3; i++)
        failures += show("square_remote_fanout", results[i].status, results[i].value);
    return failures;
}

/* The general forms, which all the others stand on: where, how long, and more. */
static int general(void)
{
    const struct jg_options options = {.where = JG_LOCAL, .timeout_ms = 60000};
    uint32_t value = 0;
    jg_status status = square_await_get(square_start(&options, 16), &value);
    int failures = show("square_start(&options, 16)", status, value);
    const struct square_args args[] = {{17}, {18}};
    struct square_result results[2];
    if (square_map(&options, args, 2, results))
        (void)fputs("forms: not all were squared\n", stderr);
    for (size_t i = 0; i < 2; i++)
        failures += show("square_map(&options, ...)", results[i].status, results[i].value);
    return failures;
}

/* What ends otherwise: cancelled by the caller, out of time, ended by itself. Values stay as they
 * were. */
static int otherwise(void)
{
    ponder_cancel(ponder_remote_async());
    printf("%-34s %s\n", "ponder_cancel", "gone");

    const struct jg_options hurry = {.timeout_ms = 50};
    jg_status status = ponder_await_get(ponder_start(&hurry));
    printf("%-34s %s\n", "ponder_start, 50 ms", jg_strerror(status));
    int failures = status != JG_ETIMEOUT;

    uint32_t value = 0;
    status = divide_local(1, 0, &value);
    (void)show("divide_local(1, 0)", status, value);
    return failures + (status != JG_EFAILED);
}

int main(void)
{
    int failures = plain();
    failures += blocking();
    failures += async();
    failures += polling();
    failures += polling_two();
    failures += waiting();
    failures += fanout();
    failures += general();
    failures += otherwise();
    return failures ? 1 : 0;
}
