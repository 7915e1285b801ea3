/* SPDX-License-Identifier: MIT */
/* Fan-out: a window of items is under way; results are taken in input order, and waited for in
   lots: a thread woken for each item would take the lock from the loop each time. */
#include "handle.h"

#include "../base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1024, LOT = 64 /* divides it */ };

static jg_status take_item(const struct jgi_job *job, jg_job *handle, char *result)
{
    void *value = job->value_kind == JGI_VALUE_NONE ? NULL : result + job->value_offset;
    if (job->value_kind == JGI_VALUE_BEHIND)
        memcpy(&value, result + job->value_offset, sizeof value);
    jg_status status = jgi_await_get(handle, value);
    memcpy(result, &status, sizeof status);
    return status;
}

/* By its ABI: nothing more is known of it than where each status stands. */
static jg_status refuse(const struct jgi_job *job, size_t count, char *results)
{
    if (count == 0) return JG_OK;
    jg_status status = jgi_call(job, NULL, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        memcpy(results + i * job->result_size, &status, sizeof status);
    return status;
}

jg_status jgi_map(const struct jgi_job *job, const struct jg_options *options, const void *args,
                  size_t count, void *results)
{
    jg_job *window[WINDOW];
    if (job->abi != JGI_ABI) return refuse(job, count, results);
    jg_status first = JG_OK;
    size_t started = 0;
    for (size_t taken = 0; taken < count; taken++) {
        for (; started < count && started - taken < WINDOW; started++) {
            const char *item = args == NULL ? NULL : (const char *)args + started * job->args_size;
            window[started % WINDOW] = jgi_start(job, options, item);
        }
        if (taken % LOT == 0)
            (void)jgi_handle_wait(&window[taken % WINDOW],
                                  started - taken < LOT ? started - taken : LOT, true, JGI_NEVER);
        jg_status status =
            take_item(job, window[taken % WINDOW], (char *)results + taken * job->result_size);
        if (first == JG_OK) first = status;
    }
    return first;
}
