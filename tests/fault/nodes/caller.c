/* SPDX-License-Identifier: MIT */
/* Calls jobs in every way that there is, by a seed, and writes how each call has ended:
 *
 *     NUMBER STATUS ELAPSED_MS WORK_MS KIND
 *
 * STATUS is that of status.h, WRONG for a result that is not right, CANCELLED for a handle that was
 * cancelled. WORK_MS is what the call may last by itself. Line by line, so that what there is can
 * be judged however this program ends.
 *
 * Usage: caller SEED FIRST LAST SECONDS FILE: numbers from FIRST on, to LAST and for so long at
 * least */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nodes_jobs.h"

enum { THREADS = 4, WRONG = 100, CANCELLED = 101, LARGE = 300 * 1000, MANY = 300 };

static atomic_uint_least64_t next_number;
static uint64_t last_number, end_ms;
static int out;

static uint64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* splitmix64 */
static uint32_t dice(uint64_t *state, uint32_t sides)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % sides);
}

static uint64_t take_numbers(uint64_t count)
{
    return atomic_fetch_add(&next_number, count);
}

static void record(uint64_t number, int status, uint64_t begin_ms, uint32_t work_ms,
                   const char *kind)
{
    char line[120];
    const struct jg_failure *failure = jg_last_failure();
    int size = snprintf(line, sizeof line, "%llu %d %llu %u %s\n", (unsigned long long)number,
                        status, (unsigned long long)(now_ms() - begin_ms), work_ms, kind);
    if (write(out, line, (size_t)size) != size) abort();
    if (status != JG_OK && status < WRONG && failure != NULL)
        fprintf(stderr, "%llu %s: %s\n", (unsigned long long)number, kind, failure->cause);
}

static int judge(jg_status status, uint64_t value, uint64_t expected)
{
    return status == JG_OK && value != expected ? WRONG : (int)status;
}

static void block(uint64_t *state)
{
    uint64_t number = take_numbers(1), value = 0, begin = now_ms();
    uint32_t work = dice(state, 40);
    jg_status status = dice(state, 2) == 0 ? fresh_remote(number, work, &value)
                                           : warm_remote(number, work, &value);
    record(number, judge(status, value, 2 * number + 1), begin, work, "block");
}

static void start_some(uint64_t *state)
{
    fresh_job *jobs[12];
    uint32_t count = 1 + dice(state, 12), work = dice(state, 60);
    uint64_t first = take_numbers(count), begin = now_ms();
    for (uint32_t i = 0; i < count; i++)
        jobs[i] = fresh_remote_async(first + i, work);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t value = 0;
        jg_status status = JG_PENDING;
        if (dice(state, 3) == 0) status = fresh_try_get(jobs[i], &value);
        if (status == JG_PENDING) status = fresh_await_get(jobs[i], &value);
        record(first + i, judge(status, value, 2 * (first + i) + 1), begin, work, "async");
    }
}

/* Each is cancelled at another moment of its life. */
static void cancel_some(uint64_t *state)
{
    fresh_job *jobs[MANY];
    uint32_t count = dice(state, 6) == 0 ? MANY : 1 + dice(state, 6);
    uint64_t first = take_numbers(count);
    for (uint32_t i = 0; i < count; i++)
        jobs[i] = fresh_remote_async(first + i, 20 + dice(state, 200));
    (void)usleep(dice(state, 60) * 1000);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t begin = now_ms();
        fresh_cancel(jobs[i]);
        record(first + i, CANCELLED, begin, 0, "cancel");
        if (count < MANY) (void)usleep(dice(state, 10) * 1000);
    }
}

static void time_out(uint64_t *state)
{
    uint64_t number = take_numbers(1), value = 0, begin = now_ms();
    uint32_t limit = 50 + dice(state, 250);
    struct jg_options options = {.timeout_ms = (int)limit};
    fresh_job *job = fresh_start(&options, number, dice(state, 500));
    jg_status status = fresh_await_get(job, &value);
    record(number, judge(status, value, 2 * number + 1), begin, limit, "timeout");
}

static void fan_out(uint64_t *state)
{
    struct warm_args args[MANY];
    struct warm_result results[MANY];
    uint32_t count = dice(state, 3) == 0 ? MANY : 20 + dice(state, 60);
    uint64_t first = take_numbers(count), begin = now_ms();
    for (uint32_t i = 0; i < count; i++)
        args[i] = (struct warm_args){.number = first + i, .work_ms = dice(state, 3)};
    (void)warm_remote_fanout(args, count, results); /* each item has a status */
    for (uint32_t i = 0; i < count; i++)
        record(first + i, judge(results[i].status, results[i].value, 2 * (first + i) + 1), begin, 0,
               "fanout");
}

static void fan_out_fresh(uint64_t *state)
{
    struct fresh_args args[24];
    struct fresh_result results[24];
    uint64_t first = take_numbers(24), begin = now_ms();
    for (uint32_t i = 0; i < 24; i++)
        args[i] = (struct fresh_args){.number = first + i, .work_ms = dice(state, 30)};
    (void)fresh_remote_fanout(args, 24, results); /* each item has a status */
    for (uint32_t i = 0; i < 24; i++)
        record(first + i, judge(results[i].status, results[i].value, 2 * (first + i) + 1), begin,
               30, "fanout");
}

static void nest(uint64_t *state)
{
    uint8_t statuses[8] = {0};
    uint32_t count = 1 + dice(state, 7);
    uint64_t number = take_numbers(count + 1), begin = now_ms();
    jg_status status = nested_remote(number, count, statuses);
    record(number, (int)status, begin, 0, "nested");
    for (uint32_t i = 0; status == JG_OK && i < count; i++)
        record(number + i + 1, statuses[i] == UINT8_MAX ? WRONG : statuses[i], begin, 0, "child");
}

static void send_large(uint64_t *state)
{
    uint32_t count = 20 * 1000 + dice(state, LARGE);
    uint32_t *values = malloc(count * sizeof *values);
    if (values == NULL) abort();
    uint64_t number = take_numbers(1), value = 0, total = number;
    for (uint32_t i = 0; i < count; i++)
        total += values[i] = dice(state, 1000);
    uint64_t begin = now_ms();
    jg_status status = add_remote(number, values, count, &value);
    record(number, judge(status, value, total), begin, 0, "large");
    free(values);
}

static void fetch_large(uint64_t *state)
{
    uint32_t count = 20 * 1000 + dice(state, LARGE);
    uint32_t *values = malloc(count * sizeof *values);
    if (values == NULL) abort();
    uint64_t number = take_numbers(1), begin = now_ms();
    int status = (int)fill_remote(number, values, count);
    for (uint32_t i = 0; status == JG_OK && i < count; i++)
        if (values[i] != (uint32_t)number + i) status = WRONG;
    record(number, status, begin, 0, "result");
    free(values);
}

static void *run(void *seed)
{
    uint64_t state = (uint64_t)(uintptr_t)seed;
    while (atomic_load(&next_number) <= last_number || now_ms() < end_ms) {
        switch (dice(&state, 16)) {
        case 0:
        case 1:
        case 2:
            start_some(&state);
            break;
        case 3:
        case 4:
            cancel_some(&state);
            break;
        case 5:
            time_out(&state);
            break;
        case 6:
        case 7:
            fan_out(&state);
            break;
        case 8:
            fan_out_fresh(&state);
            break;
        case 9:
            nest(&state);
            break;
        case 10:
        case 11:
            send_large(&state);
            break;
        case 12:
            fetch_large(&state);
            break;
        default:
            block(&state);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    if (argc != 6) return 2;
    uint64_t seed = strtoull(argv[1], NULL, 10);
    atomic_init(&next_number, strtoull(argv[2], NULL, 10));
    last_number = strtoull(argv[3], NULL, 10);
    end_ms = now_ms() + strtoull(argv[4], NULL, 10) * 1000;
    out = open(argv[5], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (out < 0) return 2;
    for (uintptr_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, (void *)(uintptr_t)(seed * THREADS + i)) != 0)
            return 2;
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    return 0;
}
