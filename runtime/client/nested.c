/* SPDX-License-Identifier: MIT */
/* A nested call is the pool's task and the router's remote call at once. */
#define _GNU_SOURCE
#include "nested.h"

#include <stdlib.h>

enum { INTERVAL_MS = 100 }; /* of a job that its zygote did not tell */

struct nested {
    struct jgi_remote remote;
    struct jgi_task *task; /* NULL: nobody wants the answer */
    unsigned *uses;        /* of its image; NULL: nobody counts */
};

static void nested_free(struct nested *nested)
{
    if (nested->uses != NULL) --*nested->uses;
    free(nested);
}

static void on_end(struct jgi_remote *remote, struct jgi_outcome *outcome)
{
    struct nested *nested = JGI_OWNER(remote, struct nested, remote);
    if (nested->task != NULL)
        jgi_pool_answer(nested->task, outcome);
    else
        jgi_outcome_fini(outcome);
    nested_free(nested);
}

static uint32_t interval(uint32_t told_ms)
{
    return told_ms == 0 ? INTERVAL_MS : told_ms;
}

static void on_own(struct jgi_remote *remote)
{
    struct nested *nested = JGI_OWNER(remote, struct nested, remote);
    struct jgi_task *task = nested->task; /* wanted: else the call would be over */
    task->args = remote->args;
    task->user = NULL;
    nested_free(nested);
    jgi_pool_take_back(task);
}

bool jgi_nested_route(struct jgi_router *router, const struct jgi_image *image, unsigned *uses,
                      struct jgi_task *task)
{
    if (task->where == JG_LOCAL) return false;
    struct nested *nested = calloc(1, sizeof *nested);
    if (nested == NULL) return false;
    nested->task = task;
    nested->uses = uses;
    if (uses != NULL) ++*uses;
    nested->remote = (struct jgi_remote){.job_name = task->job_name,
                                         .job = task->job,
                                         .is_reuse = task->is_reuse,
                                         .is_nested = true,
                                         .deadline_ns = task->deadline_ns,
                                         .timeout_ms = task->timeout_ms,
                                         .fanout = (enum jg_fanout)task->fanout,
                                         .intervals = {.init = interval(task->init_ms),
                                                       .get = interval(task->get_ms),
                                                       .end = interval(task->end_ms)},
                                         .set_interval_ms = interval(task->set_ms),
                                         .is_waited = true,
                                         .image = image,
                                         .args = task->args,
                                         .on_end = on_end,
                                         .on_own = on_own};
    struct jgi_payload args = task->args;
    task->args = JGI_PAYLOAD_INIT;
    task->user = nested;
    if (jgi_router_submit(router, &nested->remote)) return true; /* it may be answered already */
    task->args = args;
    task->user = NULL;
    nested_free(nested);
    return false;
}

const struct jgi_task *jgi_nested_task(const struct jgi_remote *remote)
{
    return JGI_OWNER(remote, struct nested, remote)->task;
}

void jgi_nested_unroute(struct jgi_task *task, jg_status status)
{
    struct nested *nested = task->user;
    nested->task = NULL;
    jgi_router_stop(&nested->remote, status, "nobody waits for it any more");
}
