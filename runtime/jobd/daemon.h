/* SPDX-License-Identifier: MIT */
/* What jobd's daemons have in common: signals as events, descriptors enough, being ready. */
#ifndef JOBGEN_JOBD_DAEMON_H
#define JOBGEN_JOBD_DAEMON_H

#include <pthread.h>
#include <stdbool.h>

#include "../base/loop.h"

/* Before any thread is there: SIGTERM, SIGINT and SIGHUP wait for jgi_stops, a closed pipe is no
   reason to die, and as many descriptors may be open as the system allows. */
void jgi_daemon_begin(void);

/* The signals that ask for an end. */
struct jgi_stops {
    struct jgi_loop *loop;
    struct jgi_watch watch; /* a signalfd */
    pthread_cond_t has_come;
    unsigned count;
};

/* Unlocked. False with errno. */
bool jgi_stops_open(struct jgi_stops *stops, struct jgi_loop *loop);
/* Unlocked. Waits until more than `seen` have come; gives how many. */
unsigned jgi_stops_wait(struct jgi_stops *stops, unsigned seen);
void jgi_stops_close(struct jgi_stops *stops);

/* Writes a newline to the descriptor and closes it; -1: nobody asked. */
void jgi_daemon_tell_ready(int fd);

#endif
