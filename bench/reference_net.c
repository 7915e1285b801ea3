/* SPDX-License-Identifier: MIT */
/* What remote calls are measured against: TCP on loopback between processes, bare and by nng. */
#include "exchange.h"
#include "measure.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 64, BUFFER = 256 * 1024, URL_SIZE = 64 };

static void finish(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

static void tune(int fd)
{
    int on = 1, size = BUFFER;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

/* A process that serves one TCP connection; the other end of it. */
static pid_t start(void (*serve)(int fd), int *ret_fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) ||
        listen(listener, 1) || getsockname(listener, (struct sockaddr *)&address, &length))
        die("listen");
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) _exit(1);
        tune(fd);
        serve(fd);
        _exit(0);
    }
    *ret_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    tune(*ret_fd);
    if (*ret_fd < 0 || connect(*ret_fd, (struct sockaddr *)&address, sizeof address))
        die("connect");
    (void)close(listener);
    return pid;
}

/* Hands each request on to a worker of its own over a socketpair. */
static void serve_by_worker(int fd)
{
    int pair[2];
    uint32_t value;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) _exit(1);
    if (fork() == 0) {
        (void)close(pair[0]);
        serve_squares(pair[1]);
        _exit(0);
    }
    while (read_all(fd, &value, sizeof value)) {
        write_all(pair[0], &value, sizeof value);
        if (!read_all(pair[0], &value, sizeof value)) _exit(1);
        write_all(fd, &value, sizeof value);
    }
}

static double measure(double (*measure_round)(int fd), void (*serve)(int fd))
{
    int fd;
    pid_t pid = start(serve, &fd);
    double measured = measure_round(fd);
    (void)close(fd);
    finish(pid);
    return measured;
}

double reference_tcp_us(void)
{
    return measure(squares_us, serve_by_worker);
}

double reference_tcp_in_mib_s(void)
{
    return measure(sums_mib_s, serve_sums);
}

double reference_tcp_out_mib_s(void)
{
    return measure(fills_mib_s, serve_fills);
}

/* nng may not be used on both sides of a fork: the server begins before the parent's first use. The
   port is told through a pipe. */
static pid_t start_nng(int (*open)(nng_socket *), void (*serve)(nng_socket), char *ret_url)
{
    int ends[2], port = 0;
    if (pipe(ends)) die("pipe");
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        nng_socket socket;
        nng_listener listener;
        nng_sockaddr address;
        if (open(&socket) || nng_listen(socket, "tcp://127.0.0.1:0", &listener, 0) ||
            nng_listener_get_addr(listener, NNG_OPT_LOCADDR, &address))
            _exit(1);
        port = ntohs(address.s_in.sa_port);
        write_all(ends[1], &port, sizeof port);
        serve(socket);
        _exit(0);
    }
    (void)close(ends[1]);
    if (!read_all(ends[0], &port, sizeof port)) die("nng_listen");
    (void)close(ends[0]);
    (void)snprintf(ret_url, URL_SIZE, "tcp://127.0.0.1:%d", port);
    return pid;
}

static void serve_rep(nng_socket socket)
{
    uint32_t value;
    size_t size = sizeof value;
    while (nng_recv(socket, &value, &size, 0) == 0) {
        value *= value;
        if (nng_send(socket, &value, sizeof value, 0)) return;
        size = sizeof value;
    }
}

double reference_nng_us(void)
{
    static double samples[CALLS];
    char url[URL_SIZE];
    nng_socket socket;
    pid_t pid = start_nng(nng_rep0_open, serve_rep, url);
    if (nng_req0_open(&socket) || nng_dial(socket, url, NULL, 0)) die("nng_dial");
    for (uint32_t i = 0; i < WARM_UP + CALLS; i++) {
        uint32_t value = i;
        size_t size = sizeof value;
        double begin = now_us();
        if (nng_send(socket, &value, sizeof value, 0) || nng_recv(socket, &value, &size, 0))
            die("nng_send");
        if (i >= WARM_UP) samples[i - WARM_UP] = now_us() - begin;
    }
    finish(pid);
    return median(samples, CALLS);
}

static void serve_pair(nng_socket socket)
{
    uint32_t values[BATCH];
    size_t size = sizeof values;
    while (nng_recv(socket, values, &size, 0) == 0) {
        for (int i = 0; i < BATCH; i++)
            values[i] *= values[i];
        if (nng_send(socket, values, sizeof values, 0)) return;
    }
}

double reference_nng_batch_per_s(void)
{
    enum { AHEAD = 4 };
    uint32_t values[BATCH] = {0};
    char url[URL_SIZE];
    nng_socket socket;
    pid_t pid = start_nng(nng_pair0_open, serve_pair, url);
    if (nng_pair0_open(&socket) || nng_dial(socket, url, NULL, 0)) die("nng_dial");
    double begin = now_us();
    for (int sent = 0, got = 0; got < EMPTY_JOBS / BATCH; got++) {
        size_t size = sizeof values;
        for (; sent < EMPTY_JOBS / BATCH && sent - got < AHEAD; sent++)
            if (nng_send(socket, values, sizeof values, 0)) die("nng_send");
        if (nng_recv(socket, values, &size, 0)) die("nng_recv");
    }
    double us = now_us() - begin;
    finish(pid);
    return EMPTY_JOBS / BATCH * BATCH / us * 1e6;
}
