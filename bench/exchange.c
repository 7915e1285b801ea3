/* SPDX-License-Identifier: MIT */
/* Bare exchanges, and their measures. */
#include "exchange.h"

#include "measure.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int read_all(int fd, void *bytes, size_t size)
{
    unsigned char *at = bytes;
    while (size > 0) {
        ssize_t got = read(fd, at, size);
        if (got < 0) die("read");
        if (got == 0) return 0;
        at += got;
        size -= (size_t)got;
    }
    return 1;
}

void write_all(int fd, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0) die("write");
        at += written;
        size -= (size_t)written;
    }
}

void serve_squares(int fd)
{
    uint32_t a;
    while (read_all(fd, &a, sizeof a)) {
        a *= a;
        write_all(fd, &a, sizeof a);
    }
}

void serve_sums(int fd)
{
    unsigned char *data = new_bulk();
    while (read_all(fd, data, BULK_BYTES)) {
        uint64_t sum = sum_words(data, BULK_BYTES);
        write_all(fd, &sum, sizeof sum);
    }
}

void serve_fills(int fd)
{
    unsigned char *data = new_bulk();
    unsigned char value;
    while (read_all(fd, &value, 1)) {
        memset(data, value, BULK_BYTES);
        write_all(fd, data, BULK_BYTES);
    }
}

double squares_us(int fd)
{
    static double samples[CALLS];
    for (uint32_t i = 0; i < WARM_UP + CALLS; i++) {
        uint32_t value = i;
        double begin = now_us();
        write_all(fd, &value, sizeof value);
        if (!read_all(fd, &value, sizeof value)) die("end of file");
        if (i >= WARM_UP) samples[i - WARM_UP] = now_us() - begin;
    }
    return median(samples, CALLS);
}

double sums_mib_s(int fd)
{
    unsigned char *data = new_bulk();
    double samples[BULK_REPEATS];
    for (int i = -1; i < BULK_REPEATS; i++) {
        uint64_t sum;
        double begin = now_us();
        write_all(fd, data, BULK_BYTES);
        if (!read_all(fd, &sum, sizeof sum)) die("end of file");
        if (i >= 0) samples[i] = now_us() - begin;
    }
    free(data);
    return bulk_mib_s(samples);
}

double fills_mib_s(int fd)
{
    unsigned char *data = new_bulk();
    double samples[BULK_REPEATS];
    for (int i = -1; i < BULK_REPEATS; i++) {
        unsigned char value = (unsigned char)(i + 7);
        double begin = now_us();
        write_all(fd, &value, 1);
        if (!read_all(fd, data, BULK_BYTES)) die("end of file");
        if (i >= 0) samples[i] = now_us() - begin;
    }
    free(data);
    return bulk_mib_s(samples);
}
