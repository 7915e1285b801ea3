/* SPDX-License-Identifier: MIT */
/* This thread's last failure, as jg_last_failure gives it. */
#define _GNU_SOURCE
#include "failure.h"

#include "../worker/channel.h"
#include "report.h"

#include <jobgen/runtime.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    struct jg_failure failure;
    unsigned uses; /* the thread's, and those of who keeps it */
    char *job, *node, *cause, *text, *last_output;
};

/* Where there is no memory to keep more; counts if its status is set. */
static _Thread_local struct jg_failure bare;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void drop(void *argument)
{
    struct kept *kept = argument;
    if (--kept->uses > 0) return;
    free(kept->job);
    free(kept->node);
    free(kept->cause);
    free(kept->text);
    free(kept->last_output);
    free(kept);
}

static void make_key(void)
{
    (void)pthread_key_create(&key, drop);
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* Where a call has run that did not leave the machine. */
static const char *own_node(void)
{
    return jgi_channel_current() == NULL ? "local" : jg_node_name();
}

void jgi_failure_note(const char *job_name, const struct jgi_item *item,
                      const struct jgi_outcome *outcome)
{
    char place[80] = "";
    (void)pthread_once(&once, make_key);
    struct kept *before = pthread_getspecific(key);
    struct kept *kept = calloc(1, sizeof *kept);
    bare = (struct jg_failure){.status = outcome->status,
                               .job = "?",
                               .node = own_node(),
                               .cause = jg_strerror(outcome->status),
                               .text = jg_strerror(outcome->status),
                               .signal_number = outcome->signal_number,
                               .exit_code = outcome->exit_code};
    if (kept == NULL) return;
    kept->uses = 1;
    kept->job = strdup(job_name);
    kept->node = strdup(outcome->node == NULL ? own_node() : outcome->node);
    kept->cause = strdup(outcome->cause == NULL ? jg_strerror(outcome->status) : outcome->cause);
    if (outcome->last_output != NULL) kept->last_output = strdup(outcome->last_output);
    bool has_output = kept->last_output != NULL && kept->last_output[0] != '\0';
    if (item != NULL && item->count > 0)
        (void)snprintf(place, sizeof place, ", item %zu of %zu,", item->index, item->count);
    const char *node = or_empty(kept->node);
    if (asprintf(
            &kept->text, "jobgen: job %s%s failed%s%s: %s\n  status: %s%s%s%s", or_empty(kept->job),
            place, *node == '\0' ? "" : " on node ", node, or_empty(kept->cause),
            jg_strerror(outcome->status), has_output ? "\n  its last output on stderr:\n" : "",
            has_output ? kept->last_output : "",
            has_output && kept->last_output[strlen(kept->last_output) - 1] == '\n' ? "" : "\n") < 0)
        kept->text = NULL;
    kept->failure = (struct jg_failure){.status = outcome->status,
                                        .job = or_empty(kept->job),
                                        .node = or_empty(kept->node),
                                        .cause = kept->cause != NULL ? kept->cause
                                                                     : jg_strerror(outcome->status),
                                        .text = or_empty(kept->text),
                                        .signal_number = outcome->signal_number,
                                        .exit_code = outcome->exit_code,
                                        .last_output = kept->last_output};
    if (pthread_setspecific(key, kept) != 0) {
        drop(kept);
        return;
    }
    bare.status = JG_OK;
    if (before != NULL) drop(before);
    if (jgi_channel_current() == NULL) jgi_report_failure(&kept->failure);
}

void *jgi_failure_keep(void)
{
    struct kept *kept = bare.status != JG_OK ? NULL : pthread_getspecific(key);
    if (kept != NULL) kept->uses++;
    return kept;
}

void jgi_failure_put_back(void *failure)
{
    void *before = pthread_getspecific(key);
    if (pthread_setspecific(key, failure) != 0) {
        drop(failure);
        return;
    }
    bare.status = JG_OK;
    if (before != NULL) drop(before);
}

void jgi_failure_free(void *failure)
{
    if (failure != NULL) drop(failure);
}

const struct jg_failure *jg_last_failure(void)
{
    if (bare.status != JG_OK) return &bare;
    (void)pthread_once(&once, make_key);
    struct kept *kept = pthread_getspecific(key);
    return kept == NULL ? NULL : &kept->failure;
}
