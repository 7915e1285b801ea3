/* SPDX-License-Identifier: MIT */
/* A blocking call on its own thread: it takes an idle worker, writes to its socket and reads from
   it, so that no other thread has to be woken. Where no worker is idle it queues the task and waits
   for the loop's thread. */
#define _GNU_SOURCE
#include "pool_state.h"

#include "../base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

enum { DEATH_WAIT_MS = 5000 };

/* The task queued: the loop ends it. */
static void wait_for_loop(struct jgi_pool *pool, struct jgi_task *task, pthread_cond_t *condition)
{
    while (task->state != JGI_TASK_ENDED)
        (void)jgi_loop_wait(pool->loop, condition, JGI_NEVER);
}

/* Unlocked. Reads until the task has ended, the socket ends (false), or the deadline passes. */
static bool converse(struct jgi_pool *pool, struct jgi_worker *worker, struct jgi_task *task,
                     bool *ret_is_late)
{
    for (;;) {
        struct pollfd ready = {.fd = worker->socket.fd, .events = POLLIN};
        if (task->deadline_ns != JGI_NEVER) {
            int count = poll(&ready, 1, jgi_clock_poll_ms(task->deadline_ns));
            if (count == 0) {
                *ret_is_late = true;
                return true;
            }
            if (count < 0) continue;
        }
        int got = jgi_frame_fill(&worker->reader, worker->socket.fd, 0), error = errno;
        if (got == 0) return false;
        struct jgi_frame_head head;
        struct jgi_payload payload;
        int found;
        bool is_sane = got > 0;
        jgi_loop_lock(pool->loop);
        errno = error;
        if (!is_sane) jgi_worker_unreadable(worker);
        while (is_sane && (found = jgi_frame_next(&worker->reader, &head, &payload)) != 0) {
            if (found < 0) jgi_worker_unreadable(worker);
            is_sane = found > 0 && jgi_worker_take_frame(worker, &head, &payload);
        }
        bool has_ended = task->state == JGI_TASK_ENDED;
        jgi_loop_unlock(pool->loop);
        if (!is_sane) return false;
        if (has_ended) return true;
    }
}

/* Locked. The worker's socket has ended: its death says why. */
static void await_death(struct jgi_pool *pool, struct jgi_worker *worker, struct jgi_task *task,
                        pthread_cond_t *condition)
{
    uint64_t deadline_ns = jgi_clock_deadline(DEATH_WAIT_MS);
    worker->direct_wait = condition;
    if (worker->broken == NULL) jgi_worker_socket_ended(worker);
    while (!worker->is_death_known && jgi_loop_wait(pool->loop, condition, deadline_ns)) {
    }
    worker->direct_wait = NULL;
    jgi_loop_unlock(pool->loop);
    (void)jgi_output_drain(&worker->output, true);
    jgi_loop_lock(pool->loop);
    if (worker->is_death_known) jgi_worker_finish_death(worker);
    if (task->state == JGI_TASK_ENDED) {
        worker->is_direct = false;
        jgi_dispatch(pool);
        return;
    }
    if (task->state == JGI_TASK_QUEUED &&
        worker->is_death_known) { /* it had not begun when the worker died */
        worker->is_direct = false;
        jgi_dispatch(pool);
        wait_for_loop(pool, task, condition);
        return;
    }
    jgi_worker_remove_task(worker, task);
    jgi_outcome_fail(&task->outcome, JG_EINTERNAL, "its worker's death was not told in 5 s");
    jgi_task_move(task, JGI_TASK_ENDED);
    worker->is_direct = false;
}

static void run_direct(struct jgi_pool *pool, struct jgi_worker *worker, struct jgi_task *task,
                       pthread_cond_t *condition)
{
    bool is_late = false;
    jgi_loop_unlock(pool->loop);
    bool is_whole = converse(pool, worker, task, &is_late);
    if (is_whole && !is_late) (void)jgi_output_drain(&worker->output, true);
    jgi_loop_lock(pool->loop);
    if (!is_whole) await_death(pool, worker, task, condition);
    if (!is_whole) return; /* the worker may be freed already */
    worker->is_direct = false;
    if (task->state == JGI_TASK_ENDED) {
        jgi_worker_keep_tail(worker, task);
        if (worker->sent_count == 0) jgi_worker_settle(worker);
    }
    if (is_late && task->state != JGI_TASK_ENDED) jgi_pool_time_out(pool, task);
    if (worker->is_death_known && worker->state != JGI_WORKER_DEAD) jgi_worker_finish_death(worker);
    jgi_dispatch(pool);
}

static void on_end(struct jgi_task *task)
{
    if (task->user != NULL) (void)pthread_cond_broadcast(task->user);
}

void jgi_pool_run(struct jgi_pool *pool, struct jgi_task *task)
{
    pthread_cond_t condition;
    if (!jgi_condition_init(&condition)) {
        task->outcome = JGI_OUTCOME_INIT;
        jgi_outcome_fail(&task->outcome, JG_ENOMEM, "no memory to wait");
        jgi_payload_fini(&task->args);
        return;
    }
    task->user = &condition;
    task->on_end = on_end;
    struct jgi_loop *loop = pool->loop;
    jgi_loop_lock(loop);
    pool->caller_count++;
    if (jgi_pool_admit(pool, task)) {
        struct jgi_source *source = &pool->sources[task->is_reuse];
        bool is_free = pool->slots->busy < pool->slots->count && source->queued_count == 0;
        struct jgi_worker *worker = is_free ? jgi_take_idle(pool, source) : NULL;
        if (worker == NULL) {
            jgi_enqueue(pool, task, false);
            jgi_dispatch(pool);
            wait_for_loop(pool, task, &condition);
        } else {
            worker->is_direct = true;
            jgi_loop_clear_alarm(pool->loop, &task->alarm); /* this thread's poll keeps the time */
            jgi_worker_watch(worker);
            jgi_assign(pool, worker, task);
            jgi_dispatch(pool);
            if (task->state == JGI_TASK_SENT) {
                run_direct(pool, worker, task, &condition);
            } else { /* no memory to send it */
                worker->is_direct = false;
                jgi_worker_settle(worker);
                jgi_dispatch(pool);
            }
        }
    }
    jgi_payload_fini(&task->args);
    pool->caller_count--;
    if (pool->end.is_begun) jgi_loop_wake(loop);
    jgi_loop_unlock(loop);
    (void)pthread_cond_destroy(&condition);
}
