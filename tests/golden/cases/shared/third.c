/* SPDX-License-Identifier: MIT */
/* Before it: */ #include <netinet/in.h>
#include <stdio.h>
#include <time.h>
#include <stdint.h>

struct timespec_pair {
    struct timespec from, to;
};

/* @job */
double third(const struct timespec_pair *pair, in_port_t port);
