/* SPDX-License-Identifier: MIT */
/* What the jobs are measured against: the same work by bare processes and sockets. */
#include "exchange.h"
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

static double measure(double (*measure_round)(int fd), void (*serve)(int fd))
{
    int fd;
    pid_t pid = start(serve, &fd);
    double measured = measure_round(fd);
    finish(pid, fd);
    return measured;
}

double reference_blocking_us(void)
{
    return measure(squares_us, serve_squares);
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

double reference_bulk_in_mib_s(void)
{
    return measure(sums_mib_s, serve_sums);
}

double reference_bulk_out_mib_s(void)
{
    return measure(fills_mib_s, serve_fills);
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
