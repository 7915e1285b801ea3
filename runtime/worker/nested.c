/* SPDX-License-Identifier: MIT */
/* Calls that a worker's execution makes: to the hook that may route them, else into the pool's own
   queue; their answers go back to the worker. What still waits when it ends is cancelled. */
#include "pool_state.h"

#include "../base/clock.h"

#include <stdlib.h>

/* A call that a worker's execution made, until it is answered. */
struct nested {
    struct jgi_task task; /* where it is routed the pool does not run it */
    bool is_routed;
    struct jgi_link sibling;
    struct jgi_worker *parent; /* NULL: has ended, nobody wants the answer */
    uint64_t call;
};

/* The shortest answer: no memory for another. */
static void answer_starved(struct jgi_worker *worker, uint64_t call)
{
    struct jgi_frame_head head = {.kind = JGI_FRAME_ANSWER, .call = call, .status = JG_ENOMEM};
    if (jgi_worker_send(worker, &head, NULL))
        jgi_worker_flush(worker);
    else
        jgi_worker_starve(worker);
}

static void on_nested_end(struct jgi_task *task)
{
    struct nested *nested = JGI_OWNER(task, struct nested, task);
    struct jgi_worker *parent = nested->parent;
    if (parent != NULL) {
        struct jgi_payload told = JGI_PAYLOAD_INIT;
        struct jgi_frame_head head = {
            .kind = JGI_FRAME_ANSWER, .call = nested->call, .status = task->outcome.status};
        const struct jgi_payload *payload = &task->outcome.result;
        if (task->outcome.status != JG_OK && jgi_outcome_pack(&task->outcome, &told))
            payload = &told;
        jgi_list_remove(&nested->sibling);
        if (jgi_worker_send(parent, &head, payload))
            jgi_worker_flush(parent);
        else
            answer_starved(parent, nested->call);
        jgi_payload_fini(&told);
    }
    jgi_outcome_fini(&task->outcome);
    free(nested);
}

void jgi_pool_answer(struct jgi_task *task, struct jgi_outcome *outcome)
{
    task->outcome = *outcome;
    *outcome = JGI_OUTCOME_INIT;
    jgi_payload_fini(&task->args);
    on_nested_end(task);
}

void jgi_pool_take_back(struct jgi_task *task)
{
    JGI_OWNER(task, struct nested, task)->is_routed = false;
    jgi_pool_submit_locked(task->pool, task);
}

static void describe_call(struct jgi_worker *worker, const struct jgi_frame_head *head,
                          struct jgi_task *task)
{
    const struct jgi_known_job *known = jgi_zygote_find(worker->pool, head->job);
    task->job = head->job;
    task->job_name = "?";
    task->timeout_ms = head->timeout_ms;
    task->where = head->where;
    task->fanout = head->fanout;
    task->retries = head->retries;
    task->priority = head->priority;
    if (known != NULL) {
        task->job_name = (const char *)jgi_buffer_data(&worker->pool->known_names) + known->name_at;
        task->is_reuse = known->told.is_reuse;
        if (task->timeout_ms == 0) task->timeout_ms = known->told.timeout_ms;
        if (task->fanout == 0) task->fanout = known->told.fanout;
        if (task->retries == 0) task->retries = known->told.retries;
        task->init_ms = head->will_wait ? known->told.init_ms : known->told.async_init_ms;
        task->get_ms = head->will_wait ? known->told.sync_ms : known->told.async_get_ms;
        task->set_ms = known->told.async_set_ms;
        task->end_ms = known->told.shutdown_ms;
    }
    task->deadline_ns = task->timeout_ms > 0 ? jgi_clock_deadline(task->timeout_ms) : JGI_NEVER;
    task->is_nested = true;
    task->parent = jgi_worker_running(worker);
    if (task->parent != NULL) {
        task->audience = task->parent->audience;
        task->execution = task->parent->execution;
    }
}

void jgi_worker_take_call(struct jgi_worker *worker, const struct jgi_frame_head *head,
                          struct jgi_payload *payload)
{
    const struct jgi_pool_config *config = &worker->pool->config;
    struct nested *nested = calloc(1, sizeof *nested);
    if (nested == NULL) {
        jgi_payload_fini(payload);
        answer_starved(worker, head->call);
        return;
    }
    nested->parent = worker;
    nested->call = head->call;
    jgi_list_add_last(&worker->children, &nested->sibling);
    describe_call(worker, head, &nested->task);
    nested->task.args = *payload;
    nested->task.on_end = on_nested_end;
    nested->task.pool = worker->pool;
    nested->is_routed = true; /* it may be answered before the hook returns */
    if (config->route != NULL && config->route(config->user, &nested->task)) return;
    nested->is_routed = false;
    if (jgi_pool_admit(worker->pool, &nested->task)) {
        jgi_enqueue(worker->pool, &nested->task, false);
        jgi_dispatch(worker->pool);
    }
}

/* Nobody wants its answer. */
static void cancel_nested(struct nested *nested, const char *cause)
{
    struct jgi_pool *pool = nested->task.pool;
    nested->parent = NULL;
    jgi_list_remove(&nested->sibling);
    if (!nested->is_routed) {
        jgi_pool_stop(pool, &nested->task, JG_ECANCELLED, cause);
        return;
    }
    if (pool->config.unroute != NULL)
        pool->config.unroute(pool->config.user, &nested->task, JG_ECANCELLED);
    jgi_payload_fini(&nested->task.args);
    free(nested);
}

void jgi_worker_take_cancel(struct jgi_worker *worker, uint64_t call)
{
    for (struct jgi_link *link = worker->children.next; link != &worker->children;
         link = link->next) {
        struct nested *nested = JGI_OWNER(link, struct nested, sibling);
        if (nested->call != call) continue;
        cancel_nested(nested, "the job that called it cancelled it");
        return;
    }
}

void jgi_worker_cancel_children(struct jgi_worker *worker)
{
    while (!jgi_list_is_empty(&worker->children))
        cancel_nested(JGI_OWNER(worker->children.next, struct nested, sibling),
                      "the job that called it has ended");
}
