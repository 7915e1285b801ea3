/* SPDX-License-Identifier: MIT */
/* One execution as a pool sees it; the storage is its owner's. */
#ifndef JOBGEN_WORKER_TASK_H
#define JOBGEN_WORKER_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/list.h"
#include "../base/loop.h"
#include "../wire/outcome.h"
#include "claims.h"

struct jgi_worker;
struct jgi_pool;

enum jgi_task_state {
    JGI_TASK_NEW,
    JGI_TASK_QUEUED,
    JGI_TASK_SENT,
    JGI_TASK_ENDED,
    JGI_TASK_STATE_COUNT
};

struct jgi_task {
    /* Set by the owner before it is submitted. */
    const char *job_name; /* borrowed */
    uint64_t job;         /* interface hash */
    bool is_reuse;
    bool is_nested;
    uint64_t deadline_ns;
    int timeout_ms;          /* what the deadline was made of, for the message */
    struct jgi_payload args; /* owned by the task from the submission to its end */
    uint64_t execution;      /* names it in what it prints; 0: the pool's number does */
    uint64_t audience;       /* who gets what it prints */
    bool is_alone;           /* not sent ahead behind others, nor others behind it: what it prints
                                must be known from theirs */
    void *user;
    void (*on_end)(struct jgi_task *task); /* locked; the outcome is the owner's from here */

    /* Of a nested call that a worker made: what it was called with, and by which execution. */
    uint16_t where, fanout; /* enum jg_where, jg_fanout; 0: neither annotated nor told */
    int32_t retries, priority;
    uint32_t init_ms, get_ms, set_ms, end_ms; /* retry intervals; 0: not known */
    struct jgi_task *parent;                  /* NULL: it called after it had answered */

    /* The pool's. */
    int state;
    bool has_begun, has_waited; /* on_begin, on_wait have been called */
    bool is_left;               /* its result was seen in the claims */
    bool is_faulty;             /* its state went wrong; the outcome says so */
    struct jgi_link link;       /* in a queue, or among what a worker was sent */
    uint64_t order, number;
    uint64_t sent_ns;      /* kept only where it is told */
    unsigned lost_workers; /* that died before they had begun it */
    struct jgi_pool *pool;
    struct jgi_worker *worker;
    uint32_t claim;
    struct jgi_alarm alarm;
    struct jgi_outcome outcome;
};

#endif
