/* SPDX-License-Identifier: MIT */
/* The measures of jobs, with the jobs themselves. */
#include "jobs.h"

#include "measure.h"

#include <stdlib.h>
#include <string.h>

/* @job(isolation = reuse) */
uint32_t square(uint32_t a)
{
    return a * a;
}

/* @job(isolation = reuse) */
void nothing(void)
{
}

/* @job */
void nothing_fresh(void)
{
}

/* @job(isolation = reuse)
 * @in data[size]
 */
uint64_t take(const unsigned char *data, size_t size)
{
    return sum_words(data, size);
}

/* @job(isolation = reuse)
 * @out data[size]
 */
void give(unsigned char *data, size_t size, unsigned char value)
{
    memset(data, value, size);
}

/* @job(isolation = reuse) */
void spin(int32_t us)
{
    spin_cpu(us);
}

static void must(jg_status status)
{
    if (status) {
        const struct jg_failure *failure = jg_last_failure();
        die(failure ? failure->text : jg_strerror(status));
    }
}

static double blocking_us(enum jg_where where)
{
    static double samples[CALLS];
    for (uint32_t i = 0; i < WARM_UP + CALLS; i++) {
        uint32_t value;
        double start = now_us();
        must(where == JG_LOCAL ? square_local(i, &value) : square_remote(i, &value));
        if (i >= WARM_UP) samples[i - WARM_UP] = now_us() - start;
    }
    return median(samples, CALLS);
}

double job_blocking_us(void)
{
    return blocking_us(JG_LOCAL);
}

double job_remote_us(void)
{
    return blocking_us(JG_REMOTE);
}

double job_first_us(void)
{
    uint32_t value;
    double start = now_us();
    must(square_remote(3, &value));
    return now_us() - start;
}

double job_paced_us(void)
{
    static double samples[PACED_CALLS];
    must(nothing_fresh_local()); /* starts the zygote */
    for (size_t i = 0; i < PACED_CALLS; i++) {
        pause_us(PACE_US);
        double start = now_us();
        must(nothing_fresh_local());
        samples[i] = now_us() - start;
    }
    return median(samples, PACED_CALLS);
}

double job_saturated_us(void)
{
    static struct nothing_fresh_result results[SATURATED_CALLS];
    must(nothing_fresh_local());
    double start = now_us();
    must(nothing_fresh_remote_fanout(NULL, SATURATED_CALLS, results));
    return (now_us() - start) / SATURATED_CALLS;
}

double job_empty_per_s(void)
{
    static struct nothing_result results[EMPTY_JOBS];
    must(nothing_remote_fanout(NULL, 100, results)); /* starts the workers */
    double start = now_us();
    must(nothing_remote_fanout(NULL, EMPTY_JOBS, results));
    return EMPTY_JOBS / (now_us() - start) * 1e6;
}

static double bulk_in_mib_s(enum jg_where where)
{
    unsigned char *data = new_bulk();
    uint64_t sum = 0, expected = sum_words(data, BULK_BYTES);
    double samples[BULK_REPEATS];
    for (int i = -1; i < BULK_REPEATS; i++) {
        double start = now_us();
        must(where == JG_LOCAL ? take_local(data, BULK_BYTES, &sum)
                               : take_remote(data, BULK_BYTES, &sum));
        if (i >= 0) samples[i] = now_us() - start;
        if (sum != expected) die("wrong sum");
    }
    free(data);
    return bulk_mib_s(samples);
}

double job_bulk_in_mib_s(void)
{
    return bulk_in_mib_s(JG_LOCAL);
}

double job_remote_bulk_in_mib_s(void)
{
    return bulk_in_mib_s(JG_REMOTE);
}

static double bulk_out_mib_s(enum jg_where where)
{
    unsigned char *data = new_bulk();
    double samples[BULK_REPEATS];
    for (int i = -1; i < BULK_REPEATS; i++) {
        double start = now_us();
        must(where == JG_LOCAL ? give_local(data, BULK_BYTES, (unsigned char)(i + 7))
                               : give_remote(data, BULK_BYTES, (unsigned char)(i + 7)));
        if (i >= 0) samples[i] = now_us() - start;
        if (data[BULK_BYTES - 1] != (unsigned char)(i + 7)) die("wrong bytes");
    }
    free(data);
    return bulk_mib_s(samples);
}

double job_bulk_out_mib_s(void)
{
    return bulk_out_mib_s(JG_LOCAL);
}

double job_remote_bulk_out_mib_s(void)
{
    return bulk_out_mib_s(JG_REMOTE);
}

double job_spins_s(void)
{
    struct spin_args args[SPINS];
    struct spin_result results[SPINS];
    for (size_t i = 0; i < SPINS; i++)
        args[i].us = SPIN_US;
    must(nothing_remote_fanout(NULL, 100, (struct nothing_result[100]){{0}}));
    double start = now_us();
    must(spin_remote_fanout(args, SPINS, results));
    return (now_us() - start) / 1e6;
}
