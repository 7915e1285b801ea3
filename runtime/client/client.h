/* SPDX-License-Identifier: MIT */
/* The one client of this process: its loop and its embedded pool, made at the first call. */
#ifndef JOBGEN_CLIENT_CLIENT_H
#define JOBGEN_CLIENT_CLIENT_H

#include "../worker/pool.h"
#include "router.h"

struct jgi_client {
    struct jgi_loop *loop;
    struct jgi_pool *pool;
    struct jgi_router *router; /* NULL: JOBGEN_CONTROL is unset, or `no_router` says why */
    jg_status no_router;       /* JG_OK: remote calls run on the embedded node */
    char why_no_router[300];
    unsigned generation;
};

/* NULL, with errno: ENOMEM, EAGAIN (limit of processes and threads), EMFILE, ENFILE. Threads: any.
 */
struct jgi_client *jgi_client_get(void);

#endif
