/* SPDX-License-Identifier: MIT */
/* What the jobs are measured against: the same work by bare processes and sockets. */
#include "measure.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that answers on the other end of the socket; ends with the parent's close. */
static pid_t start(void (*serve)(int fd), int *ret_fd)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)) die("socketpair");
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        (void)close(fds[0]);
        serve(fds[1]);
        _exit(0);
    }
    (void)close(fds[1]);
    *ret_fd = fds[0];
    return pid;
}

static void finish(pid_t pid, int fd)
{
    (void)close(fd);
    (void)waitpid(pid, NULL, 0); /* its status tells nothing more */
}

/* False at end of file. */
static int read_all(int fd, void *bytes, size_t size)
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

static void write_all(int fd, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0) die("write");
        at += written;
        size -= (size_t)written;
    }
}

static void serve_squares(int fd)
{
    uint32_t a;
    while (read_all(fd, &a, sizeof a)) {
        a *= a;
        write_all(fd, &a, sizeof a);
    }
}

double reference_blocking_us(void)
{
    static double samples[CALLS];
    int fd;
    pid_t pid = start(serve_squares, &fd);
    for (uint32_t i = 0; i < WARM_UP + CALLS; i++) {
        uint32_t value = i;
        double begin = now_us();
        write_all(fd, &value, sizeof value);
        if (!read_all(fd, &value, sizeof value)) die("end of file");
        if (i >= WARM_UP) samples[i - WARM_UP] = now_us() - begin;
    }
    finish(pid, fd);
    return median(samples, CALLS);
}

double reference_paced_us(void)
{
    static double samples[PACED_CALLS];
    for (size_t i = 0; i < PACED_CALLS; i++) {
        pause_us(PACE_US);
        double begin = now_us();
        pid_t pid = fork();
        if (pid == 0) _exit(0);
        if (pid < 0 || waitpid(pid, NULL, 0) != pid) die("fork");
        samples[i] = now_us() - begin;
    }
    return median(samples, PACED_CALLS);
}

/* A process that forks one child for each byte that it reads; the child answers with it. */
static void serve_by_forks(int fd)
{
    unsigned char request[IN_FLIGHT];
    ssize_t got;
    while ((got = read(fd, request, sizeof request)) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            pid_t pid = fork();
            if (pid == 0) {
                write_all(fd, &request[i], 1);
                _exit(0);
            }
            if (pid < 0) die("fork");
        }
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    }
    while (waitpid(-1, NULL, 0) > 0)
        continue;
}

double reference_saturated_us(void)
{
    int fd;
    pid_t pid = start(serve_by_forks, &fd);
    unsigned char bytes[IN_FLIGHT] = {0};
    double begin = now_us();
    write_all(fd, bytes, IN_FLIGHT);
    for (size_t sent = IN_FLIGHT, ended = 0; ended < SATURATED_CALLS;) {
        ssize_t got = read(fd, bytes, sizeof bytes);
        if (got <= 0) die("read");
        ended += (size_t)got;
        size_t more = SATURATED_CALLS - sent < (size_t)got ? SATURATED_CALLS - sent : (size_t)got;
        write_all(fd, bytes, more);
        sent += more;
    }
    double us = (now_us() - begin) / SATURATED_CALLS;
    finish(pid, fd);
    return us;
}

static void serve_sums(int fd)
{
    unsigned char *data = malloc(BULK_BYTES);
    if (!data) die("no memory");
    while (read_all(fd, data, BULK_BYTES)) {
        uint64_t sum = sum_words(data, BULK_BYTES);
        write_all(fd, &sum, sizeof sum);
    }
}

double reference_bulk_in_mib_s(void)
{
    unsigned char *data = malloc(BULK_BYTES);
    if (!data) die("no memory");
    int fd;
    pid_t pid = start(serve_sums, &fd);
    memset(data, 1, BULK_BYTES);
    double samples[BULK_REPEATS];
    for (int i = -1; i < BULK_REPEATS; i++) {
        uint64_t sum;
        double begin = now_us();
        write_all(fd, data, BULK_BYTES);
        if (!read_all(fd, &sum, sizeof sum)) die("end of file");
        if (i >= 0) samples[i] = now_us() - begin;
    }
    finish(pid, fd);
    free(data);
    return (double)(BULK_BYTES >> 20) / median(samples, BULK_REPEATS) * 1e6;
}

static void serve_fills(int fd)
{
    unsigned char *data = malloc(BULK_BYTES);
    unsigned char value;
    if (!data) die("no memory");
    while (read_all(fd, &value, 1)) {
        memset(data, value, BULK_BYTES);
        write_all(fd, data, BULK_BYTES);
    }
}

double reference_bulk_out_mib_s(void)
{
    unsigned char *data = malloc(BULK_BYTES);
    if (!data) die("no memory");
    int fd;
    pid_t pid = start(serve_fills, &fd);
    memset(data, 1, BULK_BYTES);
    double samples[BULK_REPEATS];
    for (int i = -1; i < BULK_REPEATS; i++) {
        unsigned char value = (unsigned char)(i + 7);
        double begin = now_us();
        write_all(fd, &value, 1);
        if (!read_all(fd, data, BULK_BYTES)) die("end of file");
        if (i >= 0) samples[i] = now_us() - begin;
    }
    finish(pid, fd);
    free(data);
    return (double)(BULK_BYTES >> 20) / median(samples, BULK_REPEATS) * 1e6;
}

/* Half of the work for each of two processes. */
double reference_spins_s(void)
{
    double begin = now_us();
    for (int process = 0; process < 2; process++) {
        pid_t pid = fork();
        if (pid < 0) die("fork");
        if (pid > 0) continue;
        for (int i = 0; i < SPINS / 2; i++)
            spin_cpu(SPIN_US);
        _exit(0);
    }
    while (wait(NULL) > 0)
        continue;
    return (now_us() - begin) / 1e6;
}
