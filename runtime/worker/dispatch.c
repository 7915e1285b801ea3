/* SPDX-License-Identifier: MIT */
/* Who gets what: slots, queues, idle workers, the stock of forked ones, and short executions sent
   ahead.

   A slot is held by each worker that runs. While slots are free, the oldest nested task goes first,
   then the oldest other one (nested first: so that what has begun ends before more begins), to an
   idle worker of its program and isolation mode: pools that share slots are looked at together.
   Where no worker is idle the zygote is asked; a stock of fresh ones is kept so that a call does
   not wait for the fork. When every slot is taken and an execution of the job takes microseconds,
   more of them are sent ahead to busy reuse workers, so that one send and one read carry many;
   claims.h is how they are taken back. */
#define _GNU_SOURCE
#include "pool_state.h"

#include "../base/clock.h"
#include "../base/state.h"

/* An execution is sent ahead only if it will wait for less than AHEAD_NS there. */
enum { AHEAD_NS = 300 * 1000, STOCK_PER_SLOT = 4 };

void jgi_enqueue(struct jgi_pool *pool, struct jgi_task *task, bool is_first)
{
    struct jgi_source *source = &pool->sources[task->is_reuse];
    struct jgi_link *queue = task->is_nested ? &source->nested : &source->queue;
    jgi_task_move(task, JGI_TASK_QUEUED);
    if (is_first)
        jgi_list_add_first(queue, &task->link);
    else
        jgi_list_add_last(queue, &task->link);
    source->queued_count++;
}

void jgi_dequeue(struct jgi_pool *pool, struct jgi_task *task)
{
    jgi_list_remove(&task->link);
    pool->sources[task->is_reuse].queued_count--;
}

static struct jgi_task *first_of(struct jgi_link *queue)
{
    return jgi_list_is_empty(queue) ? NULL : JGI_OWNER(queue->next, struct jgi_task, link);
}

static struct jgi_task *older(struct jgi_task *a, struct jgi_task *b)
{
    if (a == NULL) return b;
    return b == NULL || a->order < b->order ? a : b;
}

/* The pools that share slots, one after the other; NULL: begin, and the end. */
static struct jgi_pool *next_pool(struct jgi_slots *slots, struct jgi_pool *pool)
{
    struct jgi_link *next = pool == NULL ? slots->pools.next : pool->slots_link.next;
    return next == &slots->pools ? NULL : JGI_OWNER(next, struct jgi_pool, slots_link);
}

/* The next task for which a worker is idle. */
static struct jgi_task *next_task(struct jgi_slots *slots)
{
    struct jgi_task *nested = NULL, *other = NULL;
    for (struct jgi_pool *pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        for (int i = 0; i < JGI_SOURCE_COUNT; i++) {
            struct jgi_source *source = &pool->sources[i];
            if (source->idle_count == 0) continue;
            nested = older(nested, first_of(&source->nested));
            other = older(other, first_of(&source->queue));
        }
    return nested != NULL ? nested : other;
}

void jgi_fail_queued(struct jgi_pool *pool, jg_status status, const char *cause)
{
    for (int i = 0; i < JGI_SOURCE_COUNT; i++) {
        struct jgi_source *source = &pool->sources[i];
        struct jgi_task *task;
        while ((task = first_of(&source->nested)) != NULL ||
               (task = first_of(&source->queue)) != NULL) {
            jgi_dequeue(pool, task);
            jgi_task_fail(pool, task, status, cause);
        }
    }
}

struct jgi_worker *jgi_take_idle(struct jgi_pool *pool, struct jgi_source *source)
{
    (void)pool;
    if (source->idle_count == 0) return NULL;
    struct jgi_worker *worker = JGI_OWNER(source->idle.next, struct jgi_worker, idle_link);
    jgi_list_remove(&worker->idle_link);
    source->idle_count--;
    return worker;
}

static uint32_t take_claim(struct jgi_worker *worker, uint64_t number)
{
    if (worker->claims == NULL) return JGI_CLAIM_NONE;
    if (~worker->claims_used == 0) return JGI_CLAIM_NONE;
    uint32_t place = (uint32_t)__builtin_ctzll(~worker->claims_used);
    worker->claims_used |= UINT64_C(1) << place;
    jgi_claim_offer(worker->claims, place, number);
    return place;
}

void jgi_task_print(struct jgi_task *task, bool keeps_tail)
{
    jgi_output_begin(&task->worker->output, task->job_name,
                     task->execution != 0 ? task->execution : task->number, task->audience,
                     keeps_tail);
}

/* Hands the task to a worker that is idle, or to a busy one as one sent ahead. What is sent goes
 * out with the next flush. */
void jgi_assign(struct jgi_pool *pool, struct jgi_worker *worker, struct jgi_task *task)
{
    struct jgi_frame_head head = {.kind = JGI_FRAME_RUN, .call = task->number, .job = task->job};
    bool was_idle = worker->state == JGI_WORKER_IDLE;
    head.claim = take_claim(worker, task->number);
    jgi_task_move(task, JGI_TASK_SENT);
    if (pool->config.level >= JGI_LEVEL_DEBUG) {
        task->sent_ns = jgi_clock_ns();
        jgi_note(pool, JGI_LEVEL_DEBUG, "job %s, execution %llu, begins in process %d",
                 task->job_name, (unsigned long long)task->number, (int)worker->pid);
    }
    task->worker = worker;
    task->claim = head.claim;
    task->is_left = false;
    jgi_list_add_last(&worker->sent, &task->link);
    worker->sent_count++;
    if (was_idle) {
        jgi_worker_move(worker, JGI_WORKER_BUSY);
        jgi_worker_take_slot(worker);
        jgi_task_print(task, false);
        jgi_task_begin(task);
    } else if (worker->look_ns == JGI_NEVER) {
        jgi_worker_look_later(worker);
    }
    if (!jgi_worker_send(worker, &head, &task->args)) {
        if (was_idle) {
            jgi_worker_starve(worker);
        } else { /* what it runs goes on */
            jgi_worker_remove_task(worker, task);
            jgi_task_fail(pool, task, JG_ENOMEM, "no memory to send it");
        }
        return;
    }
    if (jgi_buffer_size(&worker->out) > 0 && jgi_list_is_empty(&worker->dirty_link))
        jgi_list_add_last(&pool->dirty, &worker->dirty_link);
}

static void give_to_idle(struct jgi_slots *slots)
{
    while (slots->busy < slots->count) {
        struct jgi_task *task = next_task(slots);
        if (task == NULL) break;
        struct jgi_pool *pool = task->pool;
        jgi_dequeue(pool, task);
        struct jgi_worker *worker = jgi_take_idle(pool, &pool->sources[task->is_reuse]);
        jgi_assign(pool, worker, task);
    }
}

/* Slots are free and nothing waits, but a worker has more than it runs: the others take the younger
 * half. */
static void share_out(struct jgi_pool *pool)
{
    if (pool->slots->busy >= pool->slots->count || pool->sources[JGI_REUSE].queued_count > 0)
        return;
    for (struct jgi_link *link = pool->workers.next; link != &pool->workers; link = link->next) {
        struct jgi_worker *worker = JGI_OWNER(link, struct jgi_worker, link);
        if (worker->sent_count > 1 && jgi_worker_withdraw(worker, worker->sent_count / 2) > 0)
            return;
    }
}

/* Of all the pools, those in these states. */
static unsigned count_workers(struct jgi_slots *slots, uint32_t states)
{
    unsigned count = 0;
    for (struct jgi_pool *pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        for (int state = 0; state < JGI_WORKER_STATE_COUNT; state++)
            if (states & JGI_TO(state)) count += pool->state_counts[state];
    return count;
}

/* How many more there may be. */
static unsigned room_for_workers(struct jgi_slots *slots)
{
    unsigned count = 0;
    for (struct jgi_pool *pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        count += pool->worker_count + pool->sources[JGI_FRESH].asked_count +
                 pool->sources[JGI_REUSE].asked_count;
    return count < slots->workers_max ? slots->workers_max - count : 0;
}

/* An idle worker of another source makes room for one of this. */
static bool evict_idle(struct jgi_slots *slots, const struct jgi_source *wanting)
{
    for (struct jgi_pool *pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        for (int i = 0; i < JGI_SOURCE_COUNT; i++) {
            if (&pool->sources[i] == wanting) continue;
            struct jgi_worker *worker = jgi_take_idle(pool, &pool->sources[i]);
            if (worker == NULL) continue;
            jgi_worker_end_politely(worker);
            return true;
        }
    return false;
}

/* Its workers that do not go on without an answer. */
static unsigned count_stuck(const struct jgi_pool *pool)
{
    unsigned count = 0;
    for (const struct jgi_link *link = pool->workers.next; link != &pool->workers;
         link = link->next) {
        const struct jgi_worker *worker = JGI_OWNER(link, const struct jgi_worker, link);
        if (worker->state == JGI_WORKER_WAITING && !jgi_list_is_empty(&worker->children)) count++;
    }
    return count;
}

/* Every process there may be waits, so the youngest queued nested call is refused: else none would
 * ever go on. */
static void refuse_youngest(struct jgi_slots *slots)
{
    struct jgi_task *youngest = NULL;
    unsigned stuck = 0;
    if (count_workers(slots, JGI_TO(JGI_WORKER_WAITING)) < slots->workers_max) return;
    for (struct jgi_pool *pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        stuck += count_stuck(pool);
    if (stuck < slots->workers_max) return; /* one has its answer and is about to resume */
    for (struct jgi_pool *pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        for (int i = 0; i < JGI_SOURCE_COUNT; i++) {
            struct jgi_link *nested = &pool->sources[i].nested;
            if (jgi_list_is_empty(nested)) continue;
            struct jgi_task *last = JGI_OWNER(nested->prev, struct jgi_task, link);
            if (youngest == NULL || last->order > youngest->order) youngest = last;
        }
    if (youngest == NULL) return;
    jgi_dequeue(youngest->pool, youngest);
    jgi_task_fail(youngest->pool, youngest, JG_EFULL,
                  "all processes that there may be wait for nested calls");
}

bool jgi_has_hope(struct jgi_pool *pool, const struct jgi_source *wanting)
{
    uint32_t passing =
        JGI_TO(JGI_WORKER_BUSY) | JGI_TO(JGI_WORKER_SPENT) | JGI_TO(JGI_WORKER_ENDING);
    return wanting->idle_count > 0 || count_workers(pool->slots, passing) > 0 ||
           evict_idle(pool->slots, wanting);
}

static void make_room(struct jgi_slots *slots, const struct jgi_source *wanting)
{
    if (count_workers(slots, JGI_TO(JGI_WORKER_SPENT) | JGI_TO(JGI_WORKER_ENDING)) > 0)
        return; /* there will be some */
    if (!evict_idle(slots, wanting)) refuse_youngest(slots);
}

/* How many workers the source has use for. Where other sources hold every slot it is one: the next
 * slot may be for its oldest task, if it has a worker by then. */
static unsigned wanted_by(const struct jgi_slots *slots, const struct jgi_source *source)
{
    unsigned most = slots->busy < slots->count ? slots->count - slots->busy : 0;
    if (most == 0 && source->held_count < slots->busy) most = 1;
    return source->queued_count < most ? source->queued_count : most;
}

/* Asks for what the queue needs; or, `is_for_stock`, for what is to be there before it is needed.
 */
static void ask_for_workers(struct jgi_pool *pool, struct jgi_source *source, bool is_for_stock)
{
    unsigned wanted = wanted_by(pool->slots, source);
    unsigned coming = source->idle_count + source->asked_count;
    unsigned slot_count = pool->slots->count;
    if (is_for_stock == (wanted > coming)) return;
    if (is_for_stock && (source->stock == 0 || coming > source->stock / 2)) return;
    if (!is_for_stock && !source->is_reuse && source->stock < STOCK_PER_SLOT * slot_count)
        source->stock = source->stock == 0 ? slot_count : source->stock * 2;
    unsigned need = wanted + source->stock > coming ? wanted + source->stock - coming : 0;
    unsigned room = room_for_workers(pool->slots);
    if (room == 0 && !is_for_stock) {
        make_room(pool->slots, source);
        return;
    }
    if (need > room) need = room;
    if (need == 0 || pool->is_fork_held || pool->end.is_begun) return;
    jgi_zygote_need(pool);
    if (pool->zygote_state == JGI_ZYGOTE_READY) jgi_zygote_ask(pool, source->is_reuse, need);
}

static void ask_in_all(struct jgi_slots *slots, bool is_for_stock)
{
    for (struct jgi_pool *pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        for (int i = 0; i < JGI_SOURCE_COUNT; i++)
            if (pool->sources[i].queued_count > 0 || pool->sources[i].stock > 0)
                ask_for_workers(pool, &pool->sources[i], is_for_stock);
}

static void flush_dirty(struct jgi_pool *pool)
{
    while (!jgi_list_is_empty(&pool->dirty)) {
        struct jgi_worker *worker = JGI_OWNER(pool->dirty.next, struct jgi_worker, dirty_link);
        jgi_list_remove(&worker->dirty_link);
        jgi_worker_flush(worker);
    }
}

void jgi_dispatch(struct jgi_pool *pool)
{
    struct jgi_slots *slots = pool->slots;
    for (pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        share_out(pool);
    give_to_idle(slots);
    ask_in_all(slots, false);
    ask_in_all(slots, true);
    for (pool = NULL; (pool = next_pool(slots, pool)) != NULL;)
        flush_dirty(pool);
}

static struct jgi_pace *pace_of(struct jgi_pool *pool, uint64_t job)
{
    return &pool->paces[job % JGI_PACE_COUNT];
}

void jgi_pace_note(struct jgi_pool *pool, uint64_t job, uint64_t run_ns)
{
    struct jgi_pace *pace = pace_of(pool, job);
    if (pace->job == job)
        pace->mean_ns = (pace->mean_ns * 7 + run_ns) / 8;
    else
        *pace = (struct jgi_pace){.job = job, .mean_ns = run_ns};
}

/* How many executions of it one worker may be sent. */
static unsigned depth_of(struct jgi_pool *pool, uint64_t job)
{
    const struct jgi_pace *pace = pace_of(pool, job);
    if (pace->job != job) return 1;
    uint64_t depth = AHEAD_NS / (pace->mean_ns + 1000);
    return depth < 1 ? 1 : depth > JGI_CLAIM_COUNT ? JGI_CLAIM_COUNT : (unsigned)depth;
}

static bool can_take_ahead(const struct jgi_worker *worker)
{
    return worker->is_reuse && worker->state == JGI_WORKER_BUSY && !worker->is_direct &&
           worker->sent_count > 0;
}

/* The next one in the queue that may be sent ahead to the worker: what it prints would be taken for
 * that of the one before it. */
static struct jgi_task *next_ahead(struct jgi_source *source, const struct jgi_worker *worker)
{
    struct jgi_task *task = first_of(&source->nested);
    if (task == NULL) task = first_of(&source->queue);
    if (task == NULL || task->audience != worker->output.source.audience) return NULL;
    if (task->is_alone || JGI_OWNER(worker->sent.next, struct jgi_task, link)->is_alone)
        return NULL;
    return task->args.bulk_fd < 0 ? task : NULL;
}

/* How many executions each of the workers that can take some has, if what is queued is spread
 * evenly among them: one that had all of it would keep the others at one in each round. */
static unsigned share_of_each(const struct jgi_pool *pool, unsigned queued)
{
    unsigned takers = 0;
    for (const struct jgi_link *link = pool->workers.next; link != &pool->workers;
         link = link->next) {
        const struct jgi_worker *worker = JGI_OWNER(link, const struct jgi_worker, link);
        if (!can_take_ahead(worker)) continue;
        takers++;
        queued += worker->sent_count;
    }
    return takers == 0 ? 0 : (queued + takers - 1) / takers;
}

void jgi_dispatch_ahead(struct jgi_pool *pool)
{
    struct jgi_source *source = &pool->sources[JGI_REUSE];
    if (source->queued_count == 0 || pool->slots->busy < pool->slots->count ||
        pool->config.is_one_at_a_time)
        return;
    unsigned share = share_of_each(pool, source->queued_count);
    for (struct jgi_link *link = pool->workers.next; link != &pool->workers; link = link->next) {
        struct jgi_worker *worker = JGI_OWNER(link, struct jgi_worker, link);
        if (!can_take_ahead(worker)) continue;
        struct jgi_task *task = next_ahead(source, worker);
        unsigned depth = task == NULL ? 0 : depth_of(pool, task->job);
        if (worker->sent_count > depth / 2) continue; /* in lots: one send for many */
        if (depth > share) depth = share;
        while (task != NULL && worker->sent_count < depth && ~worker->claims_used != 0) {
            jgi_dequeue(pool, task);
            jgi_assign(pool, worker, task);
            task = next_ahead(source, worker);
        }
    }
    flush_dirty(pool);
}
