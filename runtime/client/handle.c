/* SPDX-License-Identifier: MIT */
/* One call as its caller holds it: in the user's process a task of the embedded pool, in a job a
 * frame up to it. */
#define _GNU_SOURCE
#include "handle.h"

#include "../base/clock.h"
#include "../wire/codec.h"
#include "../worker/launch.h"
#include "backlog.h"
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void jgi_handle_free(struct jg_job *handle)
{
    if (handle->rooms != NULL) jgi_forget_rooms(handle->job, handle->rooms);
    free(handle);
}

static void on_end(struct jgi_task *task)
{
    struct jg_job *handle = JGI_OWNER(task, struct jg_job, task);
    if (handle->is_abandoned) {
        jgi_outcome_fini(&task->outcome);
        jgi_handle_free(handle);
    } else if (handle->waiter != NULL && handle->waiter->left > 0) {
        if (--handle->waiter->left > 0) return;
        jgi_loop_rouse(handle->waiter->loop, handle->waiter->sleeper);
    }
}

static void fail_early(struct jg_job *handle, jg_status status, const char *cause)
{
    handle->has_failed_early = true;
    handle->task.outcome = JGI_OUTCOME_INIT;
    jgi_outcome_fail(&handle->task.outcome, status, "%s", cause);
}

static bool has_nested_ended(const void *user)
{
    const struct jg_job *handle = user;
    return handle->nested.has_ended;
}

static void start_nested(struct jg_job *handle, const struct jg_options *options,
                         struct jgi_payload *args, bool will_wait)
{
    struct jgi_frame_head head = {.job = handle->job->interface_hash, .will_wait = will_wait};
    if (options != NULL) {
        head.timeout_ms = options->timeout_ms;
        head.retries = options->retries;
        head.priority = options->priority;
        head.where = (uint16_t)options->where;
        head.fanout = (uint16_t)options->fanout;
    }
    if (jgi_channel_is_foreign())
        fail_early(handle, JG_EMISMATCH, "it was called in a process that a job forked");
    else if (!jgi_channel_call(handle->channel, &handle->nested, &head, args, will_wait))
        fail_early(handle, JG_ENOMEM, "no memory to send it");
    else if (will_wait)
        (void)jgi_channel_wait(handle->channel, has_nested_ended, handle, JGI_NEVER);
    jgi_payload_fini(args);
}

static void on_remote_end(struct jgi_remote *remote, struct jgi_outcome *outcome)
{
    struct jg_job *handle = JGI_OWNER(remote, struct jg_job, remote);
    handle->task.outcome = *outcome;
    handle->task.state = JGI_TASK_ENDED;
    on_end(&handle->task);
}

static void start_on_node(struct jg_job *handle, struct jgi_client *client,
                          const struct jg_options *options, bool will_wait)
{
    const struct jgi_job *job = handle->job;
    struct jgi_task *task = &handle->task;
    char text[300];
    const struct jgi_image *image = jgi_image_own(text, sizeof text);
    if (client->router == NULL || image == NULL) {
        jgi_payload_fini(&task->args);
        if (client->router == NULL)
            fail_early(handle, client->no_router, client->why_no_router);
        else
            fail_early(handle, JG_EUNSUITABLE, text);
        handle->task.outcome.node = strdup(""); /* it got to none */
        return;
    }
    enum jg_fanout fanout = options != NULL && options->fanout != JG_FANOUT_AS_ANNOTATED
                                ? options->fanout
                                : job->options.fanout;
    handle->is_remote = true;
    handle->remote =
        (struct jgi_remote){.job_name = job->name,
                            .job = job->interface_hash,
                            .is_reuse = job->options.is_reuse,
                            .deadline_ns = task->deadline_ns,
                            .timeout_ms = task->timeout_ms,
                            .fanout = fanout,
                            .intervals = jgi_call_intervals(&job->options, will_wait),
                            .set_interval_ms = (uint32_t)job->options.async_set_retry_interval_ms,
                            .image = image,
                            .args = task->args,
                            .on_end = on_remote_end};
    task->args = JGI_PAYLOAD_INIT;
    jgi_loop_lock(client->loop);
    (void)jgi_router_submit(client->router, &handle->remote);
    jgi_loop_flush(client->loop);
    jgi_loop_unlock(client->loop);
    if (will_wait) (void)jgi_handle_wait(&handle, 1, true, JGI_NEVER);
}

static bool is_for_nodes(const struct jgi_client *client, const struct jg_options *options)
{
    if (client->router == NULL && client->no_router == JG_OK) return false;
    return options == NULL || options->where != JG_LOCAL;
}

static void start_here(struct jg_job *handle, const struct jg_options *options,
                       struct jgi_payload *args, bool will_wait)
{
    const struct jgi_job *job = handle->job;
    char text[256];
    jg_status status = jgi_launch_check(text, sizeof text);
    struct jgi_client *client = status == JG_OK ? jgi_client_get() : NULL;
    if (client == NULL) {
        if (status == JG_OK) status = jgi_launch_describe(errno, text, sizeof text);
        jgi_payload_fini(args);
        fail_early(handle, status, text);
        return;
    }
    handle->generation = client->generation;
    struct jgi_task *task = &handle->task;
    *task = (struct jgi_task){
        .job_name = job->name, .job = job->interface_hash, .is_reuse = job->options.is_reuse};
    task->timeout_ms =
        options != NULL && options->timeout_ms != 0 ? options->timeout_ms : job->options.timeout_ms;
    task->deadline_ns = task->timeout_ms > 0 ? jgi_clock_deadline(task->timeout_ms) : JGI_NEVER;
    task->args = *args;
    task->on_end = on_end;
    if (is_for_nodes(client, options))
        start_on_node(handle, client, options, will_wait);
    else if (will_wait)
        jgi_pool_run(client->pool, task);
    else
        jgi_pool_submit(client->pool, task);
}

void jgi_handle_await_room(const struct jg_options *options)
{
    struct jgi_client *client = jgi_channel_current() != NULL ? NULL : jgi_client_get();
    if (client == NULL || client->router == NULL || !is_for_nodes(client, options)) return;
    jgi_loop_lock(client->loop);
    jgi_router_await_room(client->router);
    jgi_loop_unlock(client->loop);
}

void jgi_handle_start(struct jg_job *handle, const struct jg_options *options, bool will_wait)
{
    struct jgi_payload args = JGI_PAYLOAD_INIT;
    char *text = NULL;
    handle->channel = jgi_channel_current();
    jg_status status = jgi_encode_args(handle->job, handle->args, handle->rooms, &args, &text);
    handle->large_args = args.bulk_fd >= 0 ? args.bulk_size : 0;
    if (status != JG_OK)
        fail_early(handle, status, text != NULL ? text : jg_strerror(status));
    else if (handle->channel != NULL)
        start_nested(handle, options, &args, will_wait);
    else
        start_here(handle, options, &args, will_wait);
    free(text);
}

static bool is_of_parent(struct jg_job *handle, const struct jgi_client *client)
{
    return client == NULL || client->generation != handle->generation;
}

bool jgi_handle_has_ended(struct jg_job *handle)
{
    if (handle->has_failed_early) return true;
    if (handle->channel != NULL) return jgi_channel_poll(handle->channel, &handle->nested);
    struct jgi_client *client = jgi_client_get();
    if (is_of_parent(handle, client)) return true;
    jgi_loop_lock(client->loop);
    bool has_ended = handle->task.state == JGI_TASK_ENDED;
    jgi_loop_unlock(client->loop);
    return has_ended;
}

/* How many more of them have to end; each tells `waiter` then. Locked. */
static size_t count_left(jg_job *const *handles, size_t count, bool all, struct jgi_waiter *waiter)
{
    size_t open = 0, ended = 0;
    for (size_t i = 0; i < count; i++) {
        if (handles[i] == NULL) continue;
        bool has_ended = handles[i]->has_failed_early || handles[i]->task.state == JGI_TASK_ENDED;
        if (has_ended)
            ended++;
        else if (handles[i]->waiter == NULL) { /* else it stands here twice */
            handles[i]->waiter = waiter;
            open++;
        }
    }
    return all ? open : ended == 0;
}

/* What a nested wait is for. */
struct wanted {
    jg_job *const *handles; /* NULL among them are skipped */
    size_t count;
    bool all; /* else one of them */
};

/* With the channel's lock. */
static bool is_satisfied(const void *user)
{
    const struct wanted *wanted = user;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct jg_job *handle = wanted->handles[i];
        if (handle == NULL) continue;
        if ((handle->has_failed_early || handle->nested.has_ended) != wanted->all)
            return !wanted->all;
    }
    return wanted->all;
}

/* Calls on nodes are asked after while somebody waits. */
static void note_waiting(jg_job *const *handles, size_t count, bool is_waited)
{
    for (size_t i = 0; i < count; i++)
        if (handles[i] != NULL && handles[i]->is_remote && handles[i]->task.state != JGI_TASK_ENDED)
            jgi_router_wait(&handles[i]->remote, is_waited);
}

bool jgi_handle_wait(jg_job *const *handles, size_t count, bool all, uint64_t deadline_ns)
{
    struct jgi_waiter waiter;
    struct wanted wanted = {.handles = handles, .count = count, .all = all};
    struct jgi_channel *channel = jgi_channel_current();
    if (channel != NULL) return jgi_channel_wait(channel, is_satisfied, &wanted, deadline_ns);
    struct jgi_client *client = jgi_client_get();
    if (client == NULL) return true; /* each then ends by its get */
    jgi_loop_lock(client->loop);
    for (size_t i = 0; i < count; i++)
        if (handles[i] != NULL && !handles[i]->has_failed_early && is_of_parent(handles[i], client))
            fail_early(handles[i], JG_ECANCELLED,
                       "the handle belongs to the process that forked this one");
    waiter.loop = client->loop;
    waiter.sleeper = jgi_loop_lend_sleeper(client->loop);
    waiter.left = count_left(handles, count, all, &waiter);
    bool is_late = false, waits = waiter.left > 0;
    if (waits) note_waiting(handles, count, true);
    while (waiter.left > 0 && !is_late)
        is_late = !jgi_loop_sleep(client->loop, waiter.sleeper, deadline_ns);
    bool is_done = waiter.left == 0;
    if (waits) note_waiting(handles, count, false);
    for (size_t i = 0; i < count; i++)
        if (handles[i] != NULL) handles[i]->waiter = NULL;
    jgi_loop_return_sleeper(client->loop, waiter.sleeper);
    jgi_loop_unlock(client->loop);
    return is_done;
}

/* Its result came, from where the outcome says, and is of no use. */
static void fail_result(struct jgi_outcome *outcome, jg_status status, const char *cause)
{
    char *node = outcome->node;
    outcome->node = NULL;
    jgi_outcome_fail(outcome, status, "%s", cause);
    outcome->node = node;
}

jg_status jgi_handle_finish(struct jg_job *handle, void *ret_value)
{
    bool is_nested = handle->channel != NULL && !handle->has_failed_early;
    if (handle->is_remote) jgi_backlog_wait(); /* what it printed is there before its result */
    struct jgi_outcome *outcome = is_nested ? &handle->nested.outcome : &handle->task.outcome;
    char *text = NULL;
    jg_status status = outcome->status;
    if (status == JG_OK)
        status = jgi_decode_result(handle->job, &outcome->result, handle->args, handle->rooms,
                                   ret_value, &text);
    if (status != JG_OK && outcome->status == JG_OK)
        fail_result(outcome, status, text != NULL ? text : jg_strerror(status));
    if (status != JG_OK) jgi_failure_note(handle->job->name, &handle->item, outcome);
    free(text);
    if (handle->rooms != NULL) jgi_forget_rooms(handle->job, handle->rooms);
    if (is_nested)
        jgi_channel_forget(handle->channel, &handle->nested);
    else
        jgi_outcome_fini(outcome);
    return status;
}
