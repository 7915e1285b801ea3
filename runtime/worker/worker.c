/* SPDX-License-Identifier: MIT */
/* One worker as the pool sees it: frames to and from it, its states, its death.

   Its death is told by the zygote, which alone knows the status; the end of its socket alone makes
   the pool ask (PROBE), since a job may have closed it. What it had sent before is read first; what
   it had not begun is queued again. */
#define _GNU_SOURCE
#include "pool_state.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "../base/state.h"
#include "../wire/durations.h"
#include "channel.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { LOST_WORKERS_MAX = 3 };

static const struct jgi_state_row rows[JGI_WORKER_STATE_COUNT] = {
    [JGI_WORKER_IDLE] = {"idle", JGI_TO(JGI_WORKER_BUSY) | JGI_TO(JGI_WORKER_ENDING) |
                                     JGI_TO(JGI_WORKER_DEAD)},
    [JGI_WORKER_BUSY] = {"busy", JGI_TO(JGI_WORKER_IDLE) | JGI_TO(JGI_WORKER_WAITING) |
                                     JGI_TO(JGI_WORKER_SPENT) | JGI_TO(JGI_WORKER_ENDING) |
                                     JGI_TO(JGI_WORKER_DEAD)},
    [JGI_WORKER_WAITING] = {"waiting", JGI_TO(JGI_WORKER_BUSY) | JGI_TO(JGI_WORKER_IDLE) |
                                           JGI_TO(JGI_WORKER_SPENT) | JGI_TO(JGI_WORKER_ENDING) |
                                           JGI_TO(JGI_WORKER_DEAD)},
    [JGI_WORKER_SPENT] = {"spent", JGI_TO(JGI_WORKER_ENDING) | JGI_TO(JGI_WORKER_DEAD)},
    [JGI_WORKER_ENDING] = {"ending", JGI_TO(JGI_WORKER_DEAD)},
    [JGI_WORKER_DEAD] = {"dead", 0},
};

void jgi_worker_move(struct jgi_worker *worker, int state)
{
    int from = worker->state;
    if (!jgi_state_move(rows, &worker->state, state)) return;
    worker->pool->state_counts[from]--;
    worker->pool->state_counts[state]++;
}

/* Also if that is one more than there are. */
void jgi_worker_take_slot(struct jgi_worker *worker)
{
    if (worker->holds_slot) return;
    worker->holds_slot = true;
    worker->pool->slots->busy++;
    worker->pool->sources[worker->is_reuse].held_count++;
}

void jgi_worker_release_slot(struct jgi_worker *worker)
{
    if (!worker->holds_slot) return;
    worker->holds_slot = false;
    worker->pool->slots->busy--;
    worker->pool->sources[worker->is_reuse].held_count--;
}

/* False: what came is no frame, or there is no memory for it. */
static bool take_frames(struct jgi_worker *worker)
{
    struct jgi_frame_head head;
    struct jgi_payload payload;
    int found;
    jgi_worker_take_left(worker);
    while ((found = jgi_frame_next(&worker->reader, &head, &payload)) > 0) {
        if (!jgi_worker_take_frame(worker, &head, &payload)) return false;
        jgi_worker_take_left(worker); /* what was left before the next frame was sent */
    }
    if (found < 0) jgi_worker_unreadable(worker);
    return found == 0;
}

void jgi_worker_drain(struct jgi_worker *worker, bool is_end)
{
    jgi_loop_unlock(worker->pool->loop);
    (void)jgi_output_drain(&worker->output, is_end);
    jgi_loop_lock(worker->pool->loop);
}

static void on_socket(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events)
{
    struct jgi_worker *worker = JGI_OWNER(watch, struct jgi_worker, socket);
    (void)loop;
    if (events & JGI_WRITABLE) jgi_worker_flush(worker);
    if (worker->is_direct) { /* its thread reads; here only what could not be sent matters */
        jgi_worker_watch(worker);
        return;
    }
    if ((events & ~(uint32_t)JGI_WRITABLE) == 0) return;
    int got = jgi_frame_fill(&worker->reader, watch->fd, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got > 0) {
        jgi_worker_look(worker);
        jgi_worker_drain(worker, true); /* what was printed before a result is told before it */
        if (!worker->is_direct) (void)take_frames(worker);
        jgi_worker_look_later(worker);
    } else if (got < 0) {
        jgi_worker_unreadable(worker);
    } else {
        jgi_worker_socket_ended(worker);
    }
}

static void on_pipe(struct jgi_loop *loop, struct jgi_worker *worker)
{
    jgi_worker_drain(worker, false);
    for (int stream = 0; stream < JGI_STREAM_COUNT; stream++)
        if (jgi_output_has_ended(&worker->output, stream))
            (void)jgi_loop_watch(loop, &worker->pipes[stream], 0);
}

static void on_stdout(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events)
{
    (void)events;
    on_pipe(loop, JGI_OWNER(watch, struct jgi_worker, pipes[JGI_STDOUT]));
}

static void on_stderr(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events)
{
    (void)events;
    on_pipe(loop, JGI_OWNER(watch, struct jgi_worker, pipes[JGI_STDERR]));
}

static void on_firm(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_worker *worker = JGI_OWNER(alarm, struct jgi_worker, firm);
    (void)loop;
    jgi_zygote_kill(worker->pool, worker->pid, SIGKILL);
}

/* Goes out with the first RUN. */
static bool tell_node(struct jgi_worker *worker, const char *name)
{
    struct jgi_frame_head head = {.kind = JGI_FRAME_NODE};
    struct jgi_payload payload = JGI_PAYLOAD_INIT;
    payload.message = (uint8_t *)(uintptr_t)name; /* only read */
    payload.message_size = strlen(name);
    return jgi_frame_add(&worker->out, &head, &payload);
}

static bool watch_pipes(struct jgi_worker *worker)
{
    for (int stream = 0; stream < JGI_STREAM_COUNT; stream++)
        if (!jgi_loop_watch(worker->pool->loop, &worker->pipes[stream], JGI_READABLE)) return false;
    return true;
}

/* In no list, and its socket is not watched. */
static void free_worker(struct jgi_worker *worker)
{
    for (int stream = 0; stream < JGI_STREAM_COUNT; stream++)
        (void)jgi_loop_watch(worker->pool->loop, &worker->pipes[stream], 0);
    jgi_worker_drop_out(worker);
    jgi_buffer_fini(&worker->late);
    jgi_buffer_fini(&worker->out);
    (void)jgi_fd_close(worker->socket.fd);
    jgi_output_fini(&worker->output);
    jgi_frame_reader_fini(&worker->reader);
    if (worker->claims != NULL) (void)munmap(worker->claims, sizeof(struct jgi_claims));
    free(worker);
}

struct jgi_worker *jgi_worker_new(struct jgi_pool *pool, pid_t pid, bool is_reuse, const int *fds)
{
    struct jgi_worker *worker = calloc(1, sizeof *worker);
    void *claims = NULL;
    if (is_reuse) {
        claims =
            mmap(NULL, sizeof(struct jgi_claims), PROT_READ | PROT_WRITE, MAP_SHARED, fds[3], 0);
        (void)jgi_fd_close(fds[3]);
    }
    if (worker == NULL || claims == MAP_FAILED) {
        for (int i = 0; i < 3; i++)
            (void)jgi_fd_close(fds[i]);
        if (claims != NULL && claims != MAP_FAILED) (void)munmap(claims, sizeof(struct jgi_claims));
        free(worker);
        return NULL;
    }
    worker->pool = pool;
    worker->pid = pid;
    worker->is_reuse = is_reuse;
    worker->claims = claims;
    worker->look_ns = JGI_NEVER;
    worker->socket = (struct jgi_watch){.fd = fds[0], .on_ready = on_socket};
    worker->pipes[JGI_STDOUT] = (struct jgi_watch){.fd = fds[1], .on_ready = on_stdout};
    worker->pipes[JGI_STDERR] = (struct jgi_watch){.fd = fds[2], .on_ready = on_stderr};
    worker->firm.on_due = on_firm;
    jgi_output_init(&worker->output, fds[1], fds[2], pool->config.sink, pool->config.user);
    jgi_list_init(&worker->idle_link);
    jgi_list_init(&worker->dirty_link);
    jgi_list_init(&worker->sent);
    jgi_list_init(&worker->children);
    const char *name = pool->config.node_name;
    bool is_told = name == NULL || tell_node(worker, name);
    if (!is_told || !watch_pipes(worker)) { /* it would not know where it is, or print to nobody */
        free_worker(worker);
        return NULL;
    }
    worker->state = JGI_WORKER_IDLE;
    pool->state_counts[JGI_WORKER_IDLE]++;
    pool->worker_count++;
    jgi_list_add_last(&pool->workers, &worker->link);
    return worker;
}

void jgi_worker_watch(struct jgi_worker *worker)
{
    uint32_t events = worker->is_direct ? 0 : JGI_READABLE;
    if (jgi_buffer_size(&worker->out) > 0) events |= JGI_WRITABLE;
    if (worker->state == JGI_WORKER_ENDING || worker->state == JGI_WORKER_DEAD) events = 0;
    if (!jgi_loop_watch(worker->pool->loop, &worker->socket, events)) jgi_worker_starve(worker);
}

void jgi_worker_remove_task(struct jgi_worker *worker, struct jgi_task *task)
{
    jgi_list_remove(&task->link);
    worker->sent_count--;
    if (task->claim != JGI_CLAIM_NONE && worker->claims != NULL)
        worker->claims_used &= ~(UINT64_C(1) << task->claim);
    task->worker = NULL;
    task->claim = JGI_CLAIM_NONE;
}

unsigned jgi_worker_withdraw(struct jgi_worker *worker, unsigned most)
{
    unsigned count = 0;
    if (worker->claims == NULL) return 0;
    for (struct jgi_link *link = worker->sent.prev, *before; link != &worker->sent && count < most;
         link = before) {
        struct jgi_task *task = JGI_OWNER(link, struct jgi_task, link);
        before = link->prev;
        if (!jgi_claim_withdraw(worker->claims, task->claim, task->number)) continue;
        jgi_worker_remove_task(worker, task);
        jgi_enqueue(worker->pool, task, true);
        count++;
    }
    return count;
}

void jgi_worker_settle(struct jgi_worker *worker)
{
    struct jgi_source *source = &worker->pool->sources[worker->is_reuse];
    if (worker->is_direct) return; /* its thread does, once it has read what was printed */
    jgi_worker_release_slot(worker);
    if (worker->state == JGI_WORKER_ENDING || worker->state == JGI_WORKER_DEAD) return;
    if (worker->state != JGI_WORKER_IDLE && (!worker->is_reuse || worker->is_last)) {
        jgi_worker_move(worker, JGI_WORKER_SPENT);
        return;
    }
    if (worker->state != JGI_WORKER_IDLE) jgi_worker_move(worker, JGI_WORKER_IDLE);
    if (jgi_list_is_empty(&worker->idle_link)) {
        jgi_list_add_first(&source->idle, &worker->idle_link);
        source->idle_count++;
    }
}

struct jgi_task *jgi_worker_running(struct jgi_worker *worker)
{
    return jgi_list_is_empty(&worker->sent) ? NULL
                                            : JGI_OWNER(worker->sent.next, struct jgi_task, link);
}

void jgi_worker_keep_tail(struct jgi_worker *worker, struct jgi_task *task)
{
    if (task->outcome.status != JG_OK && task->outcome.last_output == NULL)
        task->outcome.last_output = jgi_output_tail(&worker->output);
}

static void leave_idle(struct jgi_worker *worker)
{
    if (jgi_list_is_empty(&worker->idle_link)) return;
    jgi_list_remove(&worker->idle_link);
    worker->pool->sources[worker->is_reuse].idle_count--;
}

void jgi_worker_broke(struct jgi_worker *worker, const char *how)
{
    if (worker->broken == NULL) worker->broken = how;
    leave_idle(worker);
    jgi_worker_move(worker, JGI_WORKER_ENDING);
    (void)jgi_loop_watch(worker->pool->loop, &worker->socket, 0);
    jgi_zygote_kill(worker->pool, worker->pid, SIGKILL);
}

void jgi_worker_begin_next(struct jgi_worker *worker)
{
    struct jgi_task *next = jgi_worker_running(worker);
    if (next == NULL) return;
    jgi_task_print(next, true);
    jgi_task_begin(next);
}

/* Its outcome is set, and it is the worker's no more. */
static void end_task(struct jgi_worker *worker, struct jgi_task *task)
{
    jgi_worker_cancel_children(worker);
    jgi_worker_begin_next(worker);
    if (worker->sent_count == 0)
        jgi_worker_settle(worker);
    else if (worker->state == JGI_WORKER_WAITING) {
        jgi_worker_move(worker, JGI_WORKER_BUSY);
        jgi_worker_take_slot(worker);
    }
    if (task->is_nested || !worker->is_direct)
        jgi_task_end(worker->pool, task);
    else
        jgi_task_move(task, JGI_TASK_ENDED); /* its thread goes on by itself */
}

void jgi_worker_end_task(struct jgi_worker *worker, struct jgi_task *task,
                         struct jgi_payload *payload, uint64_t run_ns)
{
    task->outcome.result = *payload;
    jgi_pace_note(worker->pool, task->job, run_ns);
    jgi_worker_remove_task(worker, task);
    end_task(worker, task);
}

static bool take_result(struct jgi_worker *worker, const struct jgi_frame_head *head,
                        struct jgi_payload *payload)
{
    struct jgi_task *task = NULL;
    for (struct jgi_link *link = worker->sent.next; link != &worker->sent && task == NULL;
         link = link->next) {
        struct jgi_task *sent = JGI_OWNER(link, struct jgi_task, link);
        if (sent->number == head->call) task = sent;
    }
    if (task == NULL || head->status >= JG_STATUS_COUNT || head->status == JG_PENDING) {
        jgi_payload_fini(payload);
        if (worker->state == JGI_WORKER_ENDING)
            return true; /* of an execution that was stopped meanwhile */
        jgi_worker_broke(worker, "it answered what it was not asked");
        return false;
    }
    if (head->status == JG_OK) {
        jgi_worker_end_task(worker, task, payload, head->run_ns);
        return true;
    }
    if (!jgi_outcome_unpack((jg_status)head->status, payload, &task->outcome))
        jgi_outcome_fail(&task->outcome, (jg_status)head->status, "%s", "no more is known");
    if (!worker->is_direct) jgi_worker_keep_tail(worker, task);
    jgi_payload_fini(payload);
    jgi_worker_remove_task(worker, task);
    if (head->status == JG_EFAILED) { /* jg_fail ends the process */
        worker->is_last = true;
        (void)jgi_worker_withdraw(worker, JGI_CLAIM_COUNT);
    }
    end_task(worker, task);
    return true;
}

static void take_waiting(struct jgi_worker *worker)
{
    if (worker->state != JGI_WORKER_BUSY) return;
    jgi_worker_move(worker, JGI_WORKER_WAITING);
    jgi_worker_release_slot(worker);
    (void)jgi_worker_withdraw(worker, JGI_CLAIM_COUNT);
    struct jgi_task *task = jgi_worker_running(worker);
    const struct jgi_pool_config *config = &worker->pool->config;
    if (task != NULL && !task->has_waited) {
        task->has_waited = true;
        if (config->on_wait != NULL) config->on_wait(config->user, task);
    }
    jgi_dispatch(worker->pool);
}

static void take_resumed(struct jgi_worker *worker)
{
    if (worker->state != JGI_WORKER_WAITING) return;
    jgi_worker_move(worker, JGI_WORKER_BUSY);
    jgi_worker_take_slot(worker); /* at once */
}

bool jgi_worker_take_frame(struct jgi_worker *worker, const struct jgi_frame_head *head,
                           struct jgi_payload *payload)
{
    switch (head->kind) {
    case JGI_FRAME_RESULT:
        return take_result(worker, head, payload);
    case JGI_FRAME_CALL:
        jgi_worker_take_call(worker, head, payload);
        return true;
    case JGI_FRAME_CANCEL:
        jgi_worker_take_cancel(worker, head->call);
        break;
    case JGI_FRAME_WAITING:
        take_waiting(worker);
        break;
    case JGI_FRAME_RESUMED:
        take_resumed(worker);
        break;
    case JGI_FRAME_LEFT: /* they have been taken */
        break;
    default:
        jgi_payload_fini(payload);
        jgi_worker_broke(worker, "it sent a frame that only the pool sends");
        return false;
    }
    jgi_payload_fini(payload);
    return true;
}

void jgi_worker_unreadable(struct jgi_worker *worker)
{
    if (errno == ENOMEM)
        jgi_worker_starve(worker);
    else if (errno == EPROTO)
        jgi_worker_broke(worker, "what came over its socket is no frame");
    else
        jgi_worker_socket_ended(worker);
}

void jgi_worker_socket_ended(struct jgi_worker *worker)
{
    (void)jgi_loop_watch(worker->pool->loop, &worker->socket, 0);
    if (worker->state == JGI_WORKER_SPENT || worker->state == JGI_WORKER_ENDING ||
        worker->state == JGI_WORKER_DEAD)
        return;
    leave_idle(worker);
    jgi_worker_move(worker, JGI_WORKER_ENDING);
    jgi_zygote_probe(worker->pool, worker->pid);
}

void jgi_worker_end_politely(struct jgi_worker *worker)
{
    if (worker->state == JGI_WORKER_ENDING || worker->state == JGI_WORKER_DEAD) return;
    (void)jgi_worker_withdraw(worker, JGI_CLAIM_COUNT);
    leave_idle(worker);
    jgi_worker_move(worker, JGI_WORKER_ENDING);
    (void)jgi_loop_watch(worker->pool->loop, &worker->socket, 0);
    jgi_worker_cancel_children(worker);
    jgi_zygote_kill(worker->pool, worker->pid, SIGTERM);
    if (!jgi_loop_set_alarm(worker->pool->loop, &worker->firm, jgi_clock_ns() + JGI_FIRM_AFTER_NS))
        jgi_zygote_kill(worker->pool, worker->pid, SIGKILL);
}

void jgi_worker_starve(struct jgi_worker *worker)
{
    if (worker->state == JGI_WORKER_ENDING || worker->state == JGI_WORKER_DEAD) return;
    jgi_worker_end_politely(worker);
    while (!jgi_list_is_empty(&worker->sent)) {
        struct jgi_task *task = JGI_OWNER(worker->sent.next, struct jgi_task, link);
        jgi_worker_remove_task(worker, task);
        jgi_task_fail(worker->pool, task, JG_ENOMEM, "no memory to speak with its worker");
    }
}

static bool is_starved(const struct jgi_worker *worker)
{
    return WIFSIGNALED(worker->wait_status) && WTERMSIG(worker->wait_status) == JGI_SIGNAL_STARVED;
}

/* What it had not begun is queued again, but not for ever: else workers that die at their start
   would be made without end. */
static void withdraw_from_dead(struct jgi_worker *worker)
{
    unsigned most = worker->sent_count;
    if (most == 0) return;
    struct jgi_task *first = JGI_OWNER(worker->sent.next, struct jgi_task, link);
    if (++first->lost_workers == LOST_WORKERS_MAX || is_starved(worker)) most--;
    (void)jgi_worker_withdraw(worker, most);
}

static void tell_death(struct jgi_worker *worker, struct jgi_task *task)
{
    int status = worker->wait_status;
    if (worker->broken != NULL || (WIFSIGNALED(status) && WTERMSIG(status) == JGI_SIGNAL_BROKEN)) {
        jgi_outcome_fail(&task->outcome, JG_EPROTOCOL, "%s",
                         worker->broken != NULL ? worker->broken
                                                : "the job closed or replaced the worker's socket");
    } else if (is_starved(worker)) {
        jgi_outcome_fail(&task->outcome, JG_ENOMEM, "no memory in its process");
    } else if (worker->is_orphaned) {
        jgi_outcome_fail(&task->outcome, JG_ESIGNAL, "its zygote ended, and it was killed with it");
        task->outcome.signal_number = SIGKILL;
    } else if (WIFEXITED(status)) {
        jgi_outcome_fail(&task->outcome, JG_EEXIT, "it ended its process by exit(%d)",
                         WEXITSTATUS(status));
        task->outcome.exit_code = WEXITSTATUS(status);
    } else {
        jgi_outcome_fail(
            &task->outcome, JG_ESIGNAL, "it was killed by signal %d (%s)", WTERMSIG(status),
            sigdescr_np(WTERMSIG(status)) != NULL ? sigdescr_np(WTERMSIG(status)) : "unknown");
        task->outcome.signal_number = WTERMSIG(status);
    }
    jgi_worker_keep_tail(worker, task);
}

void jgi_worker_died(struct jgi_worker *worker, int wait_status, bool was_alive)
{
    if (worker->is_death_known) return;
    worker->is_death_known = true;
    worker->wait_status = wait_status;
    if (was_alive && worker->broken == NULL) worker->broken = "the job closed the worker's socket";
    if (worker->is_direct) {
        (void)shutdown(
            worker->socket.fd,
            SHUT_RDWR); /* wakes its thread even if a child of the job holds the other end */
        if (worker->direct_wait != NULL) (void)pthread_cond_broadcast(worker->direct_wait);
        return;
    }
    int got;
    while ((got = jgi_frame_fill(&worker->reader, worker->socket.fd, MSG_DONTWAIT)) > 0) {
    }
    if (got < 0 && errno == ENOMEM) jgi_worker_starve(worker); /* it may have answered */
    jgi_worker_look(worker);
    jgi_worker_drain(worker, true);
    if (worker->broken == NULL) (void)take_frames(worker);
    jgi_worker_finish_death(worker);
}

void jgi_worker_finish_death(struct jgi_worker *worker)
{
    struct jgi_pool *pool = worker->pool;
    if (worker->state == JGI_WORKER_DEAD) return;
    withdraw_from_dead(worker);
    jgi_worker_cancel_children(worker); /* while their parents are there */
    while (!jgi_list_is_empty(&worker->sent)) {
        struct jgi_task *task = JGI_OWNER(worker->sent.next, struct jgi_task, link);
        jgi_worker_remove_task(worker, task);
        tell_death(worker, task);
        if (task->is_nested || !worker->is_direct)
            jgi_task_end(pool, task);
        else
            jgi_task_move(task, JGI_TASK_ENDED);
    }
    leave_idle(worker);
    jgi_worker_release_slot(worker);
    jgi_worker_move(worker, JGI_WORKER_DEAD);
    jgi_list_remove(&worker->dirty_link);
    jgi_loop_clear_alarm(pool->loop, &worker->firm);
    (void)jgi_loop_watch(pool->loop, &worker->socket, 0);
    for (int stream = 0; stream < JGI_STREAM_COUNT; stream++)
        (void)jgi_loop_watch(pool->loop, &worker->pipes[stream], 0);
    pool->worker_count--;
    jgi_list_remove(&worker->link);
    jgi_list_add_last(&pool->graveyard, &worker->link);
}

void jgi_worker_bury(struct jgi_pool *pool)
{
    for (struct jgi_link *link = pool->graveyard.next, *next; link != &pool->graveyard;
         link = next) {
        struct jgi_worker *worker = JGI_OWNER(link, struct jgi_worker, link);
        next = link->next;
        if (worker->is_direct) continue; /* its thread has not left it yet */
        jgi_list_remove(&worker->link);
        pool->state_counts[JGI_WORKER_DEAD]--;
        free_worker(worker);
    }
}
