/* SPDX-License-Identifier: MIT */
/* The forms, untyped: what generated stubs call. */
#define _GNU_SOURCE
#include "client.h"
#include "failure.h"
#include "handle.h"

#include "../base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { ROOMS_ON_STACK = 32 };

/* Code of another ABI may lay struct jgi_job out differently: no more is read of it than
 * stub.h allows.
 */
static void fail_by_abi(const struct jgi_job *job, struct jgi_outcome *ret_outcome)
{
    *ret_outcome = JGI_OUTCOME_INIT;
    jgi_outcome_fail(ret_outcome, JG_EMISMATCH,
                     "its generated code has the interface %u and libjobgen has %d: run jobgen of "
                     "this release again and compile what it writes",
                     (unsigned)job->abi, JGI_ABI);
}

static jg_status refuse_by_abi(const struct jgi_job *job)
{
    struct jgi_outcome outcome;
    fail_by_abi(job, &outcome);
    jgi_failure_note(job->name, NULL, &outcome);
    jgi_outcome_fini(&outcome);
    return JG_EMISMATCH;
}

jg_status jgi_call(const struct jgi_job *job, const struct jg_options *options, const void *args,
                   void *ret_value)
{
    size_t few[ROOMS_ON_STACK];
    struct jg_job handle = {.job = job, .args = args, .rooms = few};
    size_t *many = NULL;
    if (job->abi != JGI_ABI) return refuse_by_abi(job);
    if (job->room_count > ROOMS_ON_STACK &&
        (handle.rooms = many = calloc(job->room_count, sizeof *many)) == NULL) {
        struct jgi_outcome none = JGI_OUTCOME_INIT;
        none.status = JG_ENOMEM;
        jgi_failure_note(job->name, NULL, &none);
        return JG_ENOMEM;
    }
    jgi_handle_start(&handle, options, true);
    jg_status status = jgi_handle_finish(&handle, ret_value);
    free(many);
    return status;
}

jg_job *jgi_start(const struct jgi_job *job, const struct jg_options *options, const void *args)
{
    bool is_ours = job->abi == JGI_ABI;
    size_t args_size = is_ours ? job->args_size : 0;
    size_t rooms_at = (sizeof(jg_job) + args_size + 15) / 16 * 16;
    jg_job *handle = calloc(1, rooms_at + (is_ours ? job->room_count : 0) * sizeof(size_t));
    if (handle == NULL) return NULL;
    handle->job = job;
    if (!is_ours) {
        handle->has_failed_early = true;
        fail_by_abi(job, &handle->task.outcome);
        return handle;
    }
    if (args != NULL) memcpy(handle + 1, args, args_size);
    handle->args = handle + 1;
    handle->rooms = (size_t *)(void *)((char *)handle + rooms_at);
    jgi_handle_start(handle, options, false);
    return handle;
}

static jg_status get_of_none(void)
{
    struct jgi_outcome none = JGI_OUTCOME_INIT;
    none.status = JG_ENOMEM;
    jgi_failure_note("?", NULL, &none);
    return JG_ENOMEM;
}

jg_status jgi_await_get(jg_job *handle, void *ret_value)
{
    if (handle == NULL) return get_of_none();
    if (!handle->has_failed_early) (void)jgi_handle_wait(&handle, 1, true, JGI_NEVER);
    jg_status status = jgi_handle_finish(handle, ret_value);
    jgi_handle_free(handle);
    return status;
}

jg_status jgi_try_get(jg_job *handle, void *ret_value)
{
    if (handle == NULL) return get_of_none();
    if (!jgi_handle_has_ended(handle)) return JG_PENDING;
    return jgi_await_get(handle, ret_value);
}

void jgi_cancel(jg_job *handle)
{
    if (handle == NULL) return;
    if (handle->channel != NULL && !handle->has_failed_early) {
        jgi_channel_forget(handle->channel, &handle->nested);
        jgi_handle_free(handle);
        return;
    }
    struct jgi_client *client = handle->has_failed_early ? NULL : jgi_client_get();
    if (client == NULL || client->generation != handle->generation) {
        if (handle->has_failed_early) jgi_outcome_fini(&handle->task.outcome);
        jgi_handle_free(handle);
        return;
    }
    jgi_loop_lock(client->loop);
    if (handle->task.state == JGI_TASK_ENDED) {
        jgi_outcome_fini(&handle->task.outcome);
        jgi_handle_free(handle);
    } else {
        handle->is_abandoned = true; /* on_end frees it */
        if (handle->is_remote)
            jgi_router_stop(&handle->remote, JG_ECANCELLED, "its caller cancelled it");
        else
            jgi_pool_stop(client->pool, &handle->task, JG_ECANCELLED, "its caller cancelled it");
        jgi_loop_flush(client->loop);
    }
    jgi_loop_unlock(client->loop);
}

static jg_status wait_some(jg_job *const *jobs, size_t count, bool all, int timeout_ms,
                           size_t *ret_index)
{
    size_t open = 0;
    for (size_t i = 0; i < count; i++)
        if (jobs[i] != NULL) open++;
    if (open == 0) return JG_EARGS;
    if (!jgi_handle_wait(jobs, count, all, jgi_clock_deadline(timeout_ms))) return JG_ETIMEOUT;
    for (size_t i = 0; ret_index != NULL && i < count; i++)
        if (jobs[i] != NULL && jgi_handle_has_ended(jobs[i])) {
            *ret_index = i;
            break;
        }
    return JG_OK;
}

jg_status jg_wait_any(jg_job *const *jobs, size_t count, int timeout_ms, size_t *ret_index)
{
    return wait_some(jobs, count, false, timeout_ms, ret_index);
}

jg_status jg_wait_all(jg_job *const *jobs, size_t count, int timeout_ms)
{
    return wait_some(jobs, count, true, timeout_ms, NULL);
}
