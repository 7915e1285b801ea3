/* SPDX-License-Identifier: MIT */
/* Fan-out: a window of items is under way.

   Without callbacks results are taken in input order, and waited for in lots: a thread woken for
   each item would take the lock from the loop each time. With callbacks they are taken as they end.
 */
#include "handle.h"

#include "../base/clock.h"
#include "failure.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1024, LOT = 64 /* divides it */ };

/* Of large arguments a fan-out holds that much, and at least those that can run. */
#define HELD_MAX (UINT64_C(256) << 20)

struct map {
    const struct jgi_job *job;
    const struct jg_options *options;
    const char *args;
    char *results;
    size_t count, started, ended;
    size_t first_failed; /* index; `count`: none */
    jg_status status;    /* its */
    void *failure;       /* its, kept from the later ones */
    size_t window;
    bool has_large_args;
    uint64_t held; /* bytes of large arguments that stay in this machine's memory until their end */
    jg_job *handles[WINDOW];
    size_t indices[WINDOW]; /* with callbacks: of the item in that place */
};

/* What the router sends to nodes is counted there, until a node has it. */
static uint64_t held_of(const jg_job *handle)
{
    return handle == NULL || handle->is_remote ? 0 : handle->large_args;
}

static jg_job *start_next(struct map *map)
{
    const char *item = map->args == NULL ? NULL : map->args + map->started * map->job->args_size;
    map->started++;
    if (map->has_large_args) jgi_handle_await_room(map->options);
    jg_job *handle = jgi_start(map->job, map->options, item);
    if (handle != NULL) handle->item = (struct jgi_item){map->started - 1, map->count};
    if (handle != NULL && handle->large_args > 0) map->has_large_args = true;
    map->held += held_of(handle);
    return handle;
}

/* Whether one more is started beside those that are under way. */
static bool may_start(const struct map *map, size_t under_way)
{
    return map->started < map->count && under_way < map->window &&
           (map->held < HELD_MAX || under_way < jgi_report_settings()->slots);
}

static void take(struct map *map, size_t index, jg_job *handle)
{
    const struct jgi_job *job = map->job;
    char *result = map->results + index * job->result_size;
    void *value = job->value_kind == JGI_VALUE_NONE ? NULL : result + job->value_offset;
    if (job->value_kind == JGI_VALUE_BEHIND)
        memcpy(&value, result + job->value_offset, sizeof value);
    map->held -= held_of(handle);
    jg_status status = jgi_await_get(handle, value);
    memcpy(result, &status, sizeof status);
    map->ended++;
    if (status != JG_OK && index < map->first_failed) {
        map->first_failed = index;
        map->status = status;
        jgi_failure_free(map->failure);
        map->failure = jgi_failure_keep(); /* callbacks may have failures of their own */
    }
    const struct jg_options *options = map->options;
    if (options != NULL && options->on_result != NULL)
        options->on_result(index, status, options->user);
    if (options != NULL && options->on_progress != NULL)
        options->on_progress(map->ended, map->count, options->user);
}

static void run_in_order(struct map *map)
{
    for (size_t taken = 0; taken < map->count; taken++) {
        while (may_start(map, map->started - taken)) {
            size_t place = map->started % WINDOW;
            map->handles[place] = start_next(map);
        }
        size_t place = taken % WINDOW, under_way = map->started - taken;
        if (taken % LOT == 0)
            (void)jgi_handle_wait(&map->handles[place], under_way < LOT ? under_way : LOT, true,
                                  JGI_NEVER);
        take(map, taken, map->handles[place]);
    }
}

/* Takes what has ended; what takes its place has not been looked at yet. */
static void take_ended(struct map *map, size_t *under_way)
{
    for (size_t place = 0; place < *under_way;) {
        jg_job *handle = map->handles[place];
        if (handle != NULL && !jgi_handle_has_ended(handle)) {
            place++;
            continue;
        }
        size_t index = map->indices[place];
        --*under_way;
        map->handles[place] = map->handles[*under_way];
        map->indices[place] = map->indices[*under_way];
        take(map, index, handle);
    }
}

static void run_as_they_end(struct map *map)
{
    size_t under_way = 0;
    while (map->ended < map->count) {
        for (; may_start(map, under_way); under_way++) {
            map->indices[under_way] = map->started;
            map->handles[under_way] = start_next(map);
        }
        (void)jgi_handle_wait(map->handles, under_way, false, JGI_NEVER);
        take_ended(map, &under_way);
    }
}

jg_status jgi_map(const struct jgi_job *job, const struct jg_options *options, const void *args,
                  size_t count, void *results)
{
    struct map map = {.job = job,
                      .options = options,
                      .args = args,
                      .results = results,
                      .count = count,
                      .first_failed = count,
                      .window = WINDOW};
    if (options != NULL && options->window > 0 && options->window < WINDOW)
        map.window = (size_t)options->window;
    if (options != NULL && (options->on_result != NULL || options->on_progress != NULL))
        run_as_they_end(&map);
    else
        run_in_order(&map);
    if (map.failure != NULL) jgi_failure_put_back(map.failure);
    return map.status;
}
