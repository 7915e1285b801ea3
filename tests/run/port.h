/* SPDX-License-Identifier: MIT */
/* A port that a test binds again after a daemon has ended. It is none of those that the system
   gives by itself: to one that is away a connection could take that very port as its own. */
#ifndef JOBGEN_TESTS_RUN_PORT_H
#define JOBGEN_TESTS_RUN_PORT_H

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* "[::]:PORT" into `ret_address`, for all addresses of the machine, or "[::1]:PORT". */
static inline void t_port_find(const char *host, char *ret_address, size_t size)
{
    for (int tries = 0; tries < 100; tries++) {
        uint16_t chance = 0;
        (void)!getrandom(&chance, sizeof chance, 0);
        unsigned port = 10000 + chance % 20000u;
        struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
        int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        int failed = bind(fd, (struct sockaddr *)&at, sizeof at);
        (void)close(fd);
        (void)snprintf(ret_address, size, "%s:%u", host, port);
        if (failed == 0) return;
    }
    abort(); /* 100 of them taken */
}

#endif
