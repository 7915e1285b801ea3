/* SPDX-License-Identifier: MIT */
/* The pool's face: tasks come in, are stopped, and end.

   Happy path: submit queues the task and dispatch sends it to an idle worker (dispatch.c); the
   loop's thread reads the RESULT (worker.c), frees the slot and ends the task. A blocking call does
   the same on its own thread when a worker is idle (direct.c). What goes wrong:
   - the worker dies: the zygote reports it (keeper.c); what it ran ends with the cause, what was
   only sent ahead is queued again;
   - the deadline comes, or the owner cancels: out of the queue, or the worker is ended
   (jgi_pool_stop);
   - the zygote ends: its workers die with it; what was queued waits for the next one.
   The pool's own end: tasks fail, the zygote is told, and the end of a round, by the loop's thread,
   frees what is left when the last worker is buried. */
#define _GNU_SOURCE
#include "pool_state.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "../base/state.h"

#include <jobgen/runtime.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static void on_flush(struct jgi_loop *loop, struct jgi_round *round)
{
    struct jgi_pool *pool = JGI_OWNER(round, struct jgi_pool, round);
    (void)loop;
    if (pool->slots->pools.next == &pool->slots_link) jgi_dispatch(pool); /* one for all */
    jgi_dispatch_ahead(pool);
}

/* The rest of its end, once nothing is left that knows of it. */
static void finish(struct jgi_pool *pool)
{
    struct jgi_pool_end end = pool->end;
    jgi_loop_remove_round(pool->loop, &pool->round);
    jgi_loop_clear_alarm(pool->loop, &pool->fork_hold);
    jgi_loop_clear_alarm(pool->loop, &pool->look);
    jgi_list_remove(&pool->slots_link);
    jgi_buffer_fini(&pool->known_jobs);
    jgi_buffer_fini(&pool->known_names);
    free(end.cause);
    free(pool->packet);
    free(pool);
    if (end.on_ended != NULL) end.on_ended(end.user);
}

static void on_round_end(struct jgi_loop *loop, struct jgi_round *round)
{
    struct jgi_pool *pool = JGI_OWNER(round, struct jgi_pool, round);
    (void)loop;
    jgi_worker_bury(pool);
    if (pool->end.is_begun && pool->zygote_state == JGI_ZYGOTE_NONE &&
        jgi_list_is_empty(&pool->workers) && jgi_list_is_empty(&pool->graveyard) &&
        pool->caller_count == 0 && pool->removal_count == 0)
        finish(pool);
}

static void on_fork_hold_over(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    (void)loop;
    JGI_OWNER(alarm, struct jgi_pool, fork_hold)->is_fork_held =
        false; /* the round's end asks again */
}

struct jgi_pool *jgi_pool_new_locked(struct jgi_loop *loop, const struct jgi_pool_config *config)
{
    struct jgi_pool *pool = calloc(1, sizeof *pool);
    char *packet = malloc(JGI_ZYGOTE_PACKET_MAX);
    if (pool == NULL || packet == NULL) {
        free(packet);
        free(pool);
        return NULL;
    }
    pool->packet = packet;
    pool->loop = loop;
    pool->config = *config;
    pool->slots = config->shared;
    if (pool->slots == NULL) {
        pool->slots = &pool->own_slots;
        jgi_slots_init(pool->slots, config->slots, config->workers_max);
    }
    pool->round = (struct jgi_round){.on_flush = on_flush, .on_end = on_round_end};
    pool->fork_hold.on_due = on_fork_hold_over;
    pool->look.on_due = jgi_on_look;
    pool->zygote.fd = -1;
    pool->scratch = JGI_SCRATCH_NONE;
    for (int i = 0; i < JGI_SOURCE_COUNT; i++) {
        struct jgi_source *source = &pool->sources[i];
        source->is_reuse = i == JGI_REUSE;
        jgi_list_init(&source->idle);
        jgi_list_init(&source->nested);
        jgi_list_init(&source->queue);
    }
    jgi_list_init(&pool->workers);
    jgi_list_init(&pool->dirty);
    jgi_list_init(&pool->graveyard);
    pool->next_number = 1;
    jgi_loop_add_round(loop, &pool->round);
    jgi_list_add_last(&pool->slots->pools, &pool->slots_link);
    jgi_note(pool, JGI_LEVEL_INFO, "the embedded node is there, slots: %u", pool->slots->count);
    return pool;
}

struct jgi_pool *jgi_pool_new(struct jgi_loop *loop, const struct jgi_pool_config *config)
{
    jgi_loop_lock(loop);
    struct jgi_pool *pool = jgi_pool_new_locked(loop, config);
    jgi_loop_unlock(loop);
    return pool;
}

void jgi_pool_forget(struct jgi_pool *pool)
{
    (void)jgi_fd_close(pool->zygote.fd);
    for (struct jgi_link *link = pool->workers.next; link != &pool->workers; link = link->next) {
        struct jgi_worker *worker = JGI_OWNER(link, struct jgi_worker, link);
        (void)jgi_fd_close(worker->socket.fd);
        for (int stream = 0; stream < JGI_STREAM_COUNT; stream++)
            (void)jgi_fd_close(worker->output.fds[stream]);
    }
}

static const struct jgi_state_row task_rows[JGI_TASK_STATE_COUNT] = {
    [JGI_TASK_NEW] = {"new",
                      JGI_TO(JGI_TASK_QUEUED) | JGI_TO(JGI_TASK_SENT) | JGI_TO(JGI_TASK_ENDED)},
    [JGI_TASK_QUEUED] = {"queued", JGI_TO(JGI_TASK_SENT) | JGI_TO(JGI_TASK_ENDED)},
    [JGI_TASK_SENT] = {"sent", JGI_TO(JGI_TASK_QUEUED) | JGI_TO(JGI_TASK_ENDED)},
    [JGI_TASK_ENDED] = {"ended", 0},
};

void jgi_note(const struct jgi_pool *pool, enum jgi_level level, const char *format, ...)
{
    char text[480];
    va_list args;
    if (level > pool->config.level) return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pool->config.note(pool->config.user, level, text);
}

static void note_end(const struct jgi_task *task, bool has_begun)
{
    const char *how = jg_strerror(task->outcome.status);
    if (task->pool->config.level < JGI_LEVEL_DEBUG) return;
    if (has_begun)
        jgi_note(task->pool, JGI_LEVEL_DEBUG, "job %s, execution %llu, ends after %.3f ms: %s",
                 task->job_name, (unsigned long long)task->number,
                 (double)(jgi_clock_ns() - task->sent_ns) / 1e6, how);
    else
        jgi_note(task->pool, JGI_LEVEL_DEBUG, "job %s, execution %llu, ends without a begin: %s",
                 task->job_name, (unsigned long long)task->number, how);
}

/* A move that the table refuses is a fault of ours: the task goes on, and ends as JG_EINTERNAL. */
void jgi_task_move(struct jgi_task *task, int to)
{
    int from = task->state;
    if (jgi_state_move(task_rows, &task->state, to)) {
        if (to == JGI_TASK_ENDED) note_end(task, from == JGI_TASK_SENT);
        return;
    }
    if (task->is_faulty) return;
    task->is_faulty = true;
    jgi_outcome_fail(&task->outcome, JG_EINTERNAL, "its state went from %s to %s",
                     task_rows[from].name, task_rows[to].name);
}

void jgi_task_begin(struct jgi_task *task)
{
    const struct jgi_pool_config *config = &task->pool->config;
    if (task->has_begun) return;
    task->has_begun = true;
    if (config->on_begin != NULL) config->on_begin(config->user, task);
}

void jgi_task_end(struct jgi_pool *pool, struct jgi_task *task)
{
    if (task->state == JGI_TASK_ENDED) return;
    jgi_task_move(task, JGI_TASK_ENDED);
    jgi_loop_clear_alarm(pool->loop, &task->alarm);
    jgi_payload_fini(&task->args);
    task->on_end(task);
}

void jgi_task_fail(struct jgi_pool *pool, struct jgi_task *task, jg_status status,
                   const char *cause)
{
    if (!task->is_faulty) jgi_outcome_fail(&task->outcome, status, "%s", cause);
    jgi_task_end(pool, task);
}

static void on_deadline(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_task *task = JGI_OWNER(alarm, struct jgi_task, alarm);
    (void)loop;
    if (jgi_task_is_left(task)) /* it has ended in time */
        jgi_worker_collect(task->worker);
    else
        jgi_pool_time_out(task->pool, task);
}

/* As far as can be seen, no process has begun it. */
static bool is_waiting(const struct jgi_task *task)
{
    const struct jgi_worker *worker = task->worker;
    if (task->state != JGI_TASK_SENT) return true;
    return worker != NULL && worker->claims != NULL &&
           jgi_claim_is_open(worker->claims, task->claim, task->number);
}

void jgi_pool_time_out(struct jgi_pool *pool, struct jgi_task *task)
{
    char cause[100];
    if (!is_waiting(task))
        (void)snprintf(cause, sizeof cause, "it had not ended after %d ms, its time limit",
                       task->timeout_ms);
    else
        (void)snprintf(
            cause, sizeof cause, "it had not begun after %d ms, its time limit: it waited for a %s",
            task->timeout_ms, pool->slots->busy < pool->slots->count ? "process" : "slot");
    jgi_pool_stop(pool, task, JG_ETIMEOUT, cause);
}

static const char *end_cause(const struct jgi_pool *pool)
{
    return pool->end.cause != NULL ? pool->end.cause : jg_strerror(pool->end.status);
}

/* Locked: makes the task the pool's; false: it has ended already. */
bool jgi_pool_admit(struct jgi_pool *pool, struct jgi_task *task)
{
    task->pool = pool;
    task->state = JGI_TASK_NEW;
    task->worker = NULL;
    task->claim = JGI_CLAIM_NONE;
    task->is_faulty = false;
    task->lost_workers = 0;
    task->alarm = (struct jgi_alarm){.on_due = on_deadline};
    task->outcome = JGI_OUTCOME_INIT;
    task->has_begun = task->has_waited = false;
    task->number = pool->next_number++;
    task->order = pool->slots->next_order++;
    jgi_list_init(&task->link);
    if (pool->end.is_begun) {
        jgi_task_fail(pool, task, pool->end.status, end_cause(pool));
        return false;
    }
    if (pool->zygote_state == JGI_ZYGOTE_READY && jgi_zygote_find(pool, task->job) == NULL) {
        jgi_task_fail(pool, task, JG_EMISMATCH, jgi_cause_unknown_job);
        return false;
    }
    if (!jgi_loop_set_alarm(pool->loop, &task->alarm, task->deadline_ns)) {
        jgi_task_fail(pool, task, JG_ENOMEM, "no memory for its time limit");
        return false;
    }
    return true;
}

const char jgi_cause_unknown_job[] = "it is not among the jobs that the program has at its start; "
                                     "a library that brings jobs must be linked, not opened "
                                     "with dlopen";

void jgi_pool_submit(struct jgi_pool *pool, struct jgi_task *task)
{
    jgi_loop_lock(pool->loop);
    jgi_pool_submit_locked(pool, task);
    jgi_dispatch(pool);
    jgi_loop_unlock(pool->loop);
}

void jgi_pool_submit_locked(struct jgi_pool *pool, struct jgi_task *task)
{
    if (jgi_pool_admit(pool, task)) jgi_enqueue(pool, task, false);
}

static void stop(struct jgi_pool *pool, struct jgi_task *task, jg_status status, const char *cause,
                 bool is_firm)
{
    struct jgi_worker *worker = task->worker;
    if (task->state == JGI_TASK_ENDED) return;
    if (task->state == JGI_TASK_QUEUED) {
        jgi_dequeue(pool, task);
    } else if (worker != NULL) {
        bool has_begun = !jgi_task_is_left(task) &&
                         (worker->claims == NULL ||
                          !jgi_claim_withdraw(worker->claims, task->claim, task->number));
        bool was_first = worker->sent.next == &task->link;
        jgi_worker_remove_task(worker, task);
        if (has_begun)
            jgi_worker_end_politely(worker);
        else if (was_first)
            jgi_worker_begin_next(worker);
        if (has_begun && is_firm)
            jgi_zygote_kill(pool, worker->pid, SIGKILL);
        else if (!has_begun && worker->sent_count == 0)
            jgi_worker_settle(worker); /* it never learns of it */
    }
    jgi_task_fail(pool, task, status, cause);
}

unsigned jgi_pool_busy(const struct jgi_pool *pool)
{
    return pool->slots->busy;
}

void jgi_pool_stop(struct jgi_pool *pool, struct jgi_task *task, jg_status status,
                   const char *cause)
{
    stop(pool, task, status, cause, false);
}

void jgi_pool_kill(struct jgi_pool *pool, struct jgi_task *task, jg_status status,
                   const char *cause)
{
    stop(pool, task, status, cause, true);
}

static struct jgi_task *any_sent(struct jgi_pool *pool)
{
    for (struct jgi_link *link = pool->workers.next; link != &pool->workers; link = link->next) {
        struct jgi_worker *worker = JGI_OWNER(link, struct jgi_worker, link);
        if (worker->sent_count > 0) return JGI_OWNER(worker->sent.next, struct jgi_task, link);
    }
    return NULL;
}

void jgi_pool_end(struct jgi_pool *pool, jg_status status, const char *cause,
                  void (*on_ended)(void *user), void *user)
{
    struct jgi_task *task;
    pool->end = (struct jgi_pool_end){.is_begun = true,
                                      .status = status,
                                      .cause = strdup(cause),
                                      .on_ended = on_ended,
                                      .user = user};
    jgi_fail_queued(pool, status, end_cause(pool));
    while ((task = any_sent(pool)) != NULL) {
        jgi_pool_stop(pool, task, status, end_cause(pool));
        jgi_fail_queued(pool, status, end_cause(pool)); /* what was sent ahead comes back */
    }
    jgi_zygote_end(pool);
    jgi_loop_wake(pool->loop);
}
