/* SPDX-License-Identifier: MIT */
/* Results that a reuse worker has left in its claims instead of sending each.

   The pool looks at them whenever a frame has come from the worker, which sends one when it has
   nothing more to run, and where JGI_LEFT_NS have passed since its last one; and once JGI_LOOK_NS
   after a frame has come, or after something was sent ahead, since what was left meanwhile would
   else wait for the execution behind it. After that look nothing is left untold before the next
   frame: the worker looks at its clock when it has left something. A death, and a time limit, look
   too. */
#include "pool_state.h"

#include "../base/clock.h"

#include <stdlib.h>
#include <string.h>

bool jgi_task_is_left(const struct jgi_task *task)
{
    return task->worker != NULL && task->worker->claims != NULL &&
           jgi_claim_is_left(task->worker->claims, task->claim);
}

void jgi_worker_look(struct jgi_worker *worker)
{
    if (worker->claims == NULL || worker->is_direct) return; /* then nothing is behind what runs */
    for (struct jgi_link *link = worker->sent.next; link != &worker->sent; link = link->next) {
        struct jgi_task *task = JGI_OWNER(link, struct jgi_task, link);
        if (jgi_claim_is_open(worker->claims, task->claim, task->number)) return;
        task->is_left = jgi_task_is_left(task); /* else its answer, a frame, may be among others */
    }
}

/* False: no memory. */
static bool read_message(const struct jgi_left *left, struct jgi_payload *ret_payload)
{
    *ret_payload = JGI_PAYLOAD_INIT;
    if (left->size == 0) return true;
    ret_payload->message = malloc(left->size);
    if (ret_payload->message == NULL) return false;
    memcpy(ret_payload->message, left->message, left->size);
    ret_payload->message_size = left->size;
    return true;
}

void jgi_worker_take_left(struct jgi_worker *worker)
{
    while (!jgi_list_is_empty(&worker->sent)) {
        struct jgi_task *task = JGI_OWNER(worker->sent.next, struct jgi_task, link);
        struct jgi_payload payload;
        if (!task->is_left) return;
        struct jgi_left left =
            worker->claims->left[task->claim]; /* it may be written to any time */
        if (left.size > JGI_LEFT_MAX) {
            jgi_worker_broke(worker, "it left a result that is too large");
            return;
        }
        if (!read_message(&left, &payload)) {
            jgi_worker_starve(worker);
            return;
        }
        jgi_worker_end_task(worker, task, &payload, left.run_ns);
    }
}

void jgi_worker_collect(struct jgi_worker *worker)
{
    jgi_worker_look(worker);
    if (jgi_list_is_empty(&worker->sent) ||
        !JGI_OWNER(worker->sent.next, struct jgi_task, link)->is_left)
        return;
    jgi_worker_drain(worker, true);
    jgi_worker_take_left(worker);
}

static void set_look(struct jgi_pool *pool, struct jgi_worker *worker)
{
    if (pool->is_look_set) return;
    pool->is_look_set = jgi_loop_set_alarm(pool->loop, &pool->look, worker->look_ns);
    if (!pool->is_look_set) jgi_worker_starve(worker);
}

void jgi_worker_look_later(struct jgi_worker *worker)
{
    worker->look_ns = JGI_NEVER;
    if (worker->claims == NULL || worker->sent_count == 0) return; /* sending ahead sees to it */
    worker->look_ns = jgi_clock_ns() + JGI_LOOK_NS;
    set_look(worker->pool, worker);
}

static struct jgi_worker *first_to_look_at(struct jgi_pool *pool)
{
    struct jgi_worker *first = NULL;
    for (struct jgi_link *link = pool->workers.next; link != &pool->workers; link = link->next) {
        struct jgi_worker *worker = JGI_OWNER(link, struct jgi_worker, link);
        if (worker->look_ns != JGI_NEVER && (first == NULL || worker->look_ns < first->look_ns))
            first = worker;
    }
    return first;
}

void jgi_on_look(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_pool *pool = JGI_OWNER(alarm, struct jgi_pool, look);
    struct jgi_worker *worker;
    uint64_t now_ns = jgi_clock_ns();
    (void)loop;
    pool->is_look_set = false;
    while ((worker = first_to_look_at(pool)) != NULL && worker->look_ns <= now_ns) {
        worker->look_ns = JGI_NEVER;
        jgi_worker_collect(worker); /* which unlocks, so the list is another one */
    }
    if (worker != NULL) set_look(pool, worker);
}
