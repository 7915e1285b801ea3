/* SPDX-License-Identifier: MIT */
/* What the measures share. */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

void pause_us(long us)
{
    const struct timespec pause = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    (void)nanosleep(&pause, NULL); /* cut short by a signal: a shorter gap */
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double median(double *samples, size_t count)
{
    qsort(samples, count, sizeof *samples, by_value);
    return samples[count / 2];
}

unsigned char *new_bulk(void)
{
    unsigned char *data = malloc(BULK_BYTES);
    if (!data) die("no memory");
    memset(data, 1, BULK_BYTES);
    return data;
}

double bulk_mib_s(double *samples)
{
    return (double)(BULK_BYTES >> 20) / median(samples, BULK_REPEATS) * 1e6;
}

static double thread_cpu_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now); /* cannot fail with this clock */
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

void spin_cpu(long us)
{
    double end = thread_cpu_us() + (double)us;
    while (thread_cpu_us() < end)
        continue;
}

uint64_t sum_words(const unsigned char *data, size_t size)
{
    uint64_t sum = 0;
    for (size_t at = 0; at + sizeof sum <= size; at += sizeof sum) {
        uint64_t word;
        memcpy(&word, data + at, sizeof word);
        sum += word;
    }
    return sum;
}

void die(const char *what)
{
    (void)fprintf(stderr, "bench-calls: %s\n", what);
    exit(1);
}
