/* SPDX-License-Identifier: MIT */
/* One call as its caller holds it; public as jg_job. */
#ifndef JOBGEN_CLIENT_HANDLE_H
#define JOBGEN_CLIENT_HANDLE_H

#include <jobgen/stub.h>

#include "../worker/channel.h"
#include "../worker/pool.h"
#include "failure.h"
#include "router.h"

/* Where ended calls are waited for. */
struct jgi_waiter {
    struct jgi_loop *loop;
    struct jgi_sleeper *sleeper;
    size_t left; /* locked; ends to come until it is woken */
};

struct jg_job {
    const struct jgi_job *job;
    struct jgi_channel
        *channel; /* NULL: a call of the user's process; else of a job, and `nested` counts */
    unsigned generation;  /* of the client: another after a fork */
    struct jgi_task task; /* its outcome and its end, also of a remote call */
    struct jgi_remote remote;
    bool is_remote;
    struct jgi_channel_call nested;
    struct jgi_waiter *waiter; /* locked; NULL: nobody waits */
    bool is_abandoned;         /* cancelled: freed at its end */
    uint64_t large_args;       /* bytes of their bulk */
    bool has_failed_early;     /* its outcome is in task.outcome already */
    struct jgi_item item;      /* its place in a fan-out */
    const void *args;          /* shallow copy of struct NAME_args, or the caller's */
    size_t *rooms;
};

/* Begins the call of a handle whose job, args and rooms are set; whatever fails is told by the
   outcome. `will_wait`: a blocking form: returns when it has ended. */
void jgi_handle_start(struct jg_job *handle, const struct jg_options *options, bool will_wait);

/* With what is kept for its result. */
void jgi_handle_free(struct jg_job *handle);

/* Before a further call of a fan-out with large arguments: waits while too many of those are held
   here for nodes to take. */
void jgi_handle_await_room(const struct jg_options *options);

/* Until one (all) has ended. False: the deadline came first. */
bool jgi_handle_wait(jg_job *const *handles, size_t count, bool all, uint64_t deadline_ns);
bool jgi_handle_has_ended(struct jg_job *handle);

/* Of an ended one: decodes into `ret_value`, or notes the failure for this thread. Frees what the
 * outcome holds. */
jg_status jgi_handle_finish(struct jg_job *handle, void *ret_value);

#endif
