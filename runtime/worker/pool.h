/* SPDX-License-Identifier: MIT */
/* The pool: one program's zygote and workers on this machine, the slots they share, and what waits
 * for them. */
#ifndef JOBGEN_WORKER_POOL_H
#define JOBGEN_WORKER_POOL_H

#include "../base/level.h"
#include "../base/loop.h"
#include "launch.h"
#include "output.h"
#include "slots.h"
#include "task.h"

/* Something worth a line, without its end. Called locked: it must not come back to the pool. */
typedef void (*jgi_pool_note)(void *user, enum jgi_level level, const char *text);

struct jgi_pool_config {
    struct jgi_slots *shared; /* borrowed; NULL: slots of its own, with these two */
    unsigned slots;           /* executions at once */
    unsigned workers_max;     /* processes at once */
    bool is_one_at_a_time;    /* each line's execution, or its begin, must be known: nothing is sent
                                 ahead to reuse workers */
    struct jgi_program program;
    const char *scratch_root; /* borrowed; not NULL: each zygote starts in a directory of its own
                                 under it, removed when it has ended */
    const char *node_name;    /* borrowed; what jg_node_name gives in its jobs; NULL: "local" */
    jgi_output_sink sink;
    enum jgi_level level; /* beyond it nothing is noted */
    jgi_pool_note note;
    /* The hooks, each called locked with `user`; NULL: none. */
    /* A worker's execution has made a nested call. True: the owner has it, takes its arguments, and
       calls jgi_pool_answer, at once or later. False: it runs in this pool. */
    bool (*route)(void *user, struct jgi_task *task);
    /* Nobody wants the answer of a call that was routed: its worker cancelled it, or has ended. Its
       parent is the owner's no more either. After the return the task is gone. */
    void (*unroute)(void *user, struct jgi_task *task, jg_status status);
    /* Its execution begins in a worker, once. */
    void (*on_begin)(void *user, struct jgi_task *task);
    /* Its execution waits for others for the first time, and has lent its slot. */
    void (*on_wait)(void *user, struct jgi_task *task);
    void *user;
};

/* Starts nothing yet; the zygote starts with the first task. NULL: no memory. The loop is borrowed.
 */
struct jgi_pool *jgi_pool_new(struct jgi_loop *loop, const struct jgi_pool_config *config);
struct jgi_pool *jgi_pool_new_locked(struct jgi_loop *loop, const struct jgi_pool_config *config);

/* In the child of a fork: closes every descriptor that belongs to the parent's workers, leaves the
 * memory alone. */
void jgi_pool_forget(struct jgi_pool *pool);

/* Locked. The pool's end: what is queued or running fails with this, its zygote and workers end,
   what is submitted from now on fails too. Once nothing is left of it, after 2 s at the latest but
   for a scratch directory that takes longer to remove, its memory goes: `on_ended` (NULL allowed)
   is called locked by the loop's thread, and nothing of the config is needed any more. Once. */
void jgi_pool_end(struct jgi_pool *pool, jg_status status, const char *cause,
                  void (*on_ended)(void *user), void *user);

/* Unlocked. Queues or sends it; task->on_end comes later, or at once if it cannot be run. */
void jgi_pool_submit(struct jgi_pool *pool, struct jgi_task *task);

/* Locked. Queues it; it is sent by the next jgi_loop_flush, together with what was queued before.
 */
void jgi_pool_submit_locked(struct jgi_pool *pool, struct jgi_task *task);

/* Unlocked. As jgi_pool_submit, and blocks until it has ended; on_end is not called. The calling
   thread speaks with the worker itself when one is free. */
void jgi_pool_run(struct jgi_pool *pool, struct jgi_task *task);

/* Locked. The end of a routed call: takes what the outcome holds. The task is gone. */
void jgi_pool_answer(struct jgi_task *task, struct jgi_outcome *outcome);

/* Locked. A routed call is to run in its pool after all; its arguments are there again. Sent by the
   next jgi_loop_flush. */
void jgi_pool_take_back(struct jgi_task *task);

/* Locked. Ends it with this failure if it has not ended: out of the queue, or its worker is ended,
   first politely (SIGTERM), after 500 ms firmly. */
void jgi_pool_stop(struct jgi_pool *pool, struct jgi_task *task, jg_status status,
                   const char *cause);

/* Locked. Executions that hold a slot. */
unsigned jgi_pool_busy(const struct jgi_pool *pool);

/* Locked. The same, and firmly at once. */
void jgi_pool_kill(struct jgi_pool *pool, struct jgi_task *task, jg_status status,
                   const char *cause);

#endif
