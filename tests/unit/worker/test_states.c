/* SPDX-License-Identifier: MIT */
/* Every move of tasks and workers, against the lives that they may have. */
#include "worker/pool_state.h"

#include <criterion/criterion.h>
#include <string.h>

/* Lives of a task: it is queued or sent or refused; what is queued is sent or stopped; what was
 * sent ends, or is queued again because its worker had not begun it; an end is the end. */
static bool task_may(int from, int to)
{
    switch (from) {
    case JGI_TASK_NEW:
        return to == JGI_TASK_QUEUED || to == JGI_TASK_SENT || to == JGI_TASK_ENDED;
    case JGI_TASK_QUEUED:
        return to == JGI_TASK_SENT || to == JGI_TASK_ENDED;
    case JGI_TASK_SENT:
        return to == JGI_TASK_QUEUED || to == JGI_TASK_ENDED;
    default:
        return false;
    }
}

Test(states, a_task_moves_as_it_may_and_a_wrong_move_is_told)
{
    for (int from = 0; from < JGI_TASK_STATE_COUNT; from++)
        for (int to = 0; to < JGI_TASK_STATE_COUNT; to++) {
            struct jgi_pool pool = {0};
            struct jgi_task task = {.pool = &pool, .state = from, .outcome = JGI_OUTCOME_INIT};
            jgi_task_move(&task, to);
            if (task_may(from, to)) {
                cr_expect_eq(task.state, to, "%d to %d", from, to);
                cr_expect_not(task.is_faulty);
                cr_expect_eq(task.outcome.status, JG_OK);
            } else {
                cr_expect_eq(task.state, from, "%d to %d", from, to);
                cr_expect(task.is_faulty);
                cr_expect_eq(task.outcome.status, JG_EINTERNAL);
            }
            jgi_outcome_fini(&task.outcome);
        }
}

static int end_count;

static void count_end(struct jgi_task *task)
{
    (void)task;
    end_count++;
}

Test(states, a_faulty_task_ends_once_and_as_internal)
{
    struct jgi_loop *loop = jgi_loop_new();
    struct jgi_pool pool = {.loop = loop};
    struct jgi_task task = {
        .pool = &pool, .state = JGI_TASK_QUEUED, .outcome = JGI_OUTCOME_INIT, .on_end = count_end};
    cr_assert_not_null(loop);
    jgi_loop_lock(loop);
    jgi_task_move(&task, JGI_TASK_NEW);
    char *told = task.outcome.cause;
    jgi_task_move(&task, JGI_TASK_QUEUED); /* a second fault says nothing new */
    cr_expect_eq(task.outcome.cause, told);
    cr_expect(strstr(told, "queued") != NULL && strstr(told, "new") != NULL, "both are named");
    jgi_task_fail(&pool, &task, JG_ECANCELLED, "not this");
    jgi_task_fail(&pool, &task, JG_ECANCELLED, "nor this");
    jgi_loop_unlock(loop);
    cr_expect_eq(task.outcome.status, JG_EINTERNAL);
    cr_expect_eq(end_count, 1);
    jgi_outcome_fini(&task.outcome);
    (void)jgi_loop_free(loop);
}

/* Lives of a worker: idle, busy, waiting in any order; a fresh one is spent by its answer; all may
 * be ended, and die at any time; nothing comes back from there. */
static bool worker_may(int from, int to)
{
    switch (from) {
    case JGI_WORKER_IDLE:
        return to == JGI_WORKER_BUSY || to == JGI_WORKER_ENDING || to == JGI_WORKER_DEAD;
    case JGI_WORKER_BUSY:
        return to != JGI_WORKER_BUSY;
    case JGI_WORKER_WAITING:
        return to != JGI_WORKER_WAITING;
    case JGI_WORKER_SPENT:
        return to == JGI_WORKER_ENDING || to == JGI_WORKER_DEAD;
    case JGI_WORKER_ENDING:
        return to == JGI_WORKER_DEAD;
    default:
        return false;
    }
}

Test(states, a_worker_moves_as_it_may_and_is_counted_where_it_is)
{
    for (int from = 0; from < JGI_WORKER_STATE_COUNT; from++)
        for (int to = 0; to < JGI_WORKER_STATE_COUNT; to++) {
            struct jgi_pool pool = {0};
            struct jgi_worker worker = {.pool = &pool, .state = from};
            pool.state_counts[from] = 1;
            jgi_worker_move(&worker, to);
            int now = worker_may(from, to) ? to : from;
            cr_expect_eq(worker.state, now, "%d to %d", from, to);
            for (int state = 0; state < JGI_WORKER_STATE_COUNT; state++)
                cr_expect_eq(pool.state_counts[state], state == now);
        }
}

Test(states, a_slot_is_taken_once_and_given_back_once)
{
    struct jgi_pool pool = {.slots = &pool.own_slots};
    struct jgi_worker one = {.pool = &pool}, other = {.pool = &pool};
    jgi_worker_take_slot(&one);
    jgi_worker_take_slot(&other);
    jgi_worker_take_slot(&other);
    cr_expect_eq(pool.slots->busy, 2);
    jgi_worker_release_slot(&one);
    jgi_worker_release_slot(&one);
    cr_expect_eq(pool.slots->busy, 1);
    cr_expect_eq(pool.sources[JGI_FRESH].held_count, 1);
}
