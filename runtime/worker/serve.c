/* SPDX-License-Identifier: MIT */
/* The worker's loop: takes executions from its socket, runs them, answers. */
#define _GNU_SOURCE
#include "serve.h"

#include "../base/clock.h"
#include "../wire/codec.h"
#include "channel.h"
#include "claims.h"
#include "entry.h"
#include "registry.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct jgi_claims *map_claims(int claims_fd)
{
    if (claims_fd < 0) return NULL;
    void *page =
        mmap(NULL, sizeof(struct jgi_claims), PROT_READ | PROT_WRITE, MAP_SHARED, claims_fd, 0);
    if (page == MAP_FAILED) jgi_worker_die_starved();
    (void)close(claims_fd);
    return page;
}

static void run_one(struct jgi_channel *channel, pid_t pid, const struct jgi_frame_head *head,
                    struct jgi_payload *args)
{
    const struct jgi_job *job = jgi_registry_find(head->job);
    struct jgi_payload result = JGI_PAYLOAD_INIT;
    struct jgi_outcome failure = JGI_OUTCOME_INIT;
    char *text = NULL;
    uint64_t begun_ns = jgi_clock_ns();
    jg_status status = job == NULL ? JG_EMISMATCH : jgi_run_job(job, args, &result, &text);
    uint64_t run_ns = jgi_clock_ns() - begun_ns;
    (void)fflush(NULL); /* what it could not write is lost with its stream */
    if (getpid() != pid)
        jgi_worker_exit(0); /* the job forked, and this is the child: not its place to answer */
    if (status != JG_OK)
        jgi_outcome_fail(&failure, status, "%s", text != NULL ? text : jg_strerror(status));
    if (status != JG_OK || !jgi_channel_leave(channel, head->claim, run_ns, &result))
        jgi_channel_answer(channel, run_ns, &result, status == JG_OK ? NULL : &failure);
    jgi_outcome_fini(&failure);
    jgi_payload_fini(&result);
    jgi_payload_fini(args);
    free(text);
}

_Noreturn void jgi_worker_serve(int socket_fd, int claims_fd)
{
    struct jgi_claims *claims = map_claims(claims_fd);
    struct jgi_channel *channel = jgi_channel_open(socket_fd, claims);
    pid_t pid = getpid();
    for (;;) {
        struct jgi_frame_head head;
        struct jgi_payload args;
        jgi_channel_next_run(channel, &head, &args);
        if (claims != NULL &&
            (head.claim >= JGI_CLAIM_COUNT || !jgi_claim_take(claims, head.claim, head.call))) {
            jgi_payload_fini(&args); /* the pool has taken it back */
            continue;
        }
        run_one(channel, pid, &head, &args);
        if (claims == NULL) jgi_worker_exit(0);
    }
}

/* Inside a job; here because it ends the execution as serve does. */
_Noreturn void jg_fail(const char *format, ...)
{
    va_list args;
    char *text = NULL;
    struct jgi_channel *channel = jgi_channel_current();
    va_start(args, format);
    if (channel == NULL || jgi_channel_is_foreign()) {
        (void)fputs("jg_fail outside a job: ", stderr);
        (void)vfprintf(stderr, format, args);
        (void)fputc('\n', stderr);
        abort();
    }
    if (vasprintf(&text, format, args) < 0) text = NULL;
    va_end(args);
    (void)fflush(NULL);
    struct jgi_outcome failure = {.status = JG_EFAILED, .cause = text, .result.bulk_fd = -1};
    jgi_channel_answer(channel, 0, NULL, &failure);
    jgi_worker_exit(1);
}

const char *jg_node_name(void)
{
    struct jgi_channel *channel = jgi_channel_current();
    return channel == NULL ? "" : jgi_channel_node_name(channel);
}
