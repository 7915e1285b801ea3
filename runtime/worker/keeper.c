/* SPDX-License-Identifier: MIT */
/* The pool's end of the zygote's socket: starts it, asks it for workers, hears of deaths. */
#define _GNU_SOURCE
#include "pool_state.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "../base/thread.h"
#include "launch.h"
#include "zygote.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { FAILED_STARTS_MAX = 3, KNOWN_NAMES_MAX = 16 * 1024 * 1024 };
#define START_NS (UINT64_C(30) * 1000000000u)
#define END_NS (UINT64_C(2) * 1000000000u)
#define HOLD_NS (UINT64_C(100) * 1000000u)

static struct jgi_worker *first_alive(struct jgi_pool *pool)
{
    for (struct jgi_link *link = pool->workers.next; link != &pool->workers; link = link->next) {
        struct jgi_worker *worker = JGI_OWNER(link, struct jgi_worker, link);
        if (!worker->is_death_known) return worker;
    }
    return NULL;
}

/* A zygote's directory, to be removed. */
struct removal {
    struct jgi_pool *pool;
    struct jgi_scratch scratch;
};

static void *remove_scratch(void *argument)
{
    struct removal *removal = argument;
    struct jgi_pool *pool = removal->pool;
    jgi_scratch_close(&removal->scratch);
    free(removal);
    jgi_loop_lock(pool->loop);
    pool->removal_count--;
    jgi_loop_wake(pool->loop);
    jgi_loop_unlock(pool->loop);
    return NULL;
}

/* By a thread of its own, since a job may have left many files. */
static void leave_scratch(struct jgi_pool *pool)
{
    struct removal *removal = malloc(sizeof *removal);
    bool is_begun = false;
    if (pool->scratch.path != NULL && removal != NULL) {
        *removal = (struct removal){.pool = pool, .scratch = pool->scratch};
        is_begun = jgi_thread_start(NULL, remove_scratch, removal) == 0;
    }
    if (is_begun) {
        pool->removal_count++;
        pool->scratch = JGI_SCRATCH_NONE;
    } else {
        free(removal);
        jgi_scratch_close(&pool->scratch);
    }
}

static void fail_for_lack(struct jgi_pool *pool, int error)
{
    char cause[256];
    jg_status status = jgi_launch_describe(error, cause, sizeof cause);
    jgi_fail_queued(pool, status, cause);
}

static void zygote_ended(struct jgi_pool *pool, const char *cause)
{
    if (pool->zygote_state != JGI_ZYGOTE_ENDING)
        jgi_note(pool, JGI_LEVEL_WARN, "the zygote, process %d, has ended%s", (int)pool->zygote_pid,
                 pool->zygote_state == JGI_ZYGOTE_READY ? ", and all workers with it"
                                                        : " before it was ready");
    (void)jgi_loop_watch(pool->loop, &pool->zygote, 0);
    pool->zygote.fd = jgi_fd_close(pool->zygote.fd);
    pool->zygote_state = JGI_ZYGOTE_NONE;
    jgi_loop_clear_alarm(pool->loop, &pool->start_limit);
    for (int i = 0; i < JGI_SOURCE_COUNT; i++)
        pool->sources[i].asked_count = 0;
    leave_scratch(pool);
    struct jgi_worker *worker;
    for (int i = 0; i < JGI_SOURCE_COUNT; i++) /* they die with it: no call may take them */
        while ((worker = jgi_take_idle(pool, &pool->sources[i])) != NULL)
            jgi_worker_move(worker, JGI_WORKER_ENDING);
    while ((worker = first_alive(pool)) !=
           NULL) { /* from the start each time: a death unlocks the loop */
        worker->is_orphaned = true;
        jgi_worker_died(worker, SIGKILL, false);
    }
    pool->failed_starts++; /* until one has brought a worker: else it might start and die for ever
                            */
    if (pool->failed_starts >= FAILED_STARTS_MAX) {
        pool->failed_starts = 0;
        if (pool->start_error != 0)
            fail_for_lack(pool, pool->start_error);
        else
            jgi_fail_queued(pool, JG_ESIGNAL, cause);
    }
}

/* 0, or the errno: EPROTO where the packet is not what it should be. */
static int note_jobs(struct jgi_pool *pool, const struct jgi_zygote_report *told, const char *body,
                     size_t size)
{
    if (told->protocol != JGI_ZYGOTE_PROTOCOL) return EPROTO;
    if (jgi_buffer_size(&pool->known_names) > KNOWN_NAMES_MAX) return EPROTO;
    for (uint32_t i = 0; i < told->count; i++) {
        struct jgi_known_job known = {.name_at = pool->known_names.end};
        if (size < sizeof known.told) return EPROTO;
        memcpy(&known.told, body, sizeof known.told);
        body += sizeof known.told;
        size -= sizeof known.told;
        size_t length = known.told.name_size;
        if (length == 0 || length > size || body[length - 1] != '\0') return EPROTO;
        if (!jgi_buffer_add(&pool->known_names, body, length) ||
            !jgi_buffer_add(&pool->known_jobs, &known, sizeof known))
            return ENOMEM;
        body += length;
        size -= length;
    }
    return 0;
}

static void fail_unknown(struct jgi_pool *pool, struct jgi_link *queue)
{
    for (struct jgi_link *link = queue->next, *next; link != queue; link = next) {
        struct jgi_task *task = JGI_OWNER(link, struct jgi_task, link);
        next = link->next;
        if (jgi_zygote_find(pool, task->job) != NULL) continue;
        jgi_dequeue(pool, task);
        jgi_task_fail(pool, task, JG_EMISMATCH, jgi_cause_unknown_job);
    }
}

static void take_hello(struct jgi_pool *pool, const struct jgi_zygote_report *told,
                       const char *body, size_t size)
{
    if (pool->zygote_state != JGI_ZYGOTE_STARTING) return;
    int error = note_jobs(pool, told, body, size);
    if (error != 0) {
        const char *cause = error == ENOMEM
                                ? "no memory for the names of its jobs"
                                : "the program's copy speaks another version of the protocol";
        jgi_fail_queued(pool, error == ENOMEM ? JG_ENOMEM : JG_EMISMATCH, cause);
        zygote_ended(pool, cause);
        return;
    }
    if (told->has_more) return;
    pool->zygote_state = JGI_ZYGOTE_READY;
    jgi_note(pool, JGI_LEVEL_INFO, "the zygote is ready, process %d, jobs: %zu",
             (int)pool->zygote_pid,
             jgi_buffer_size(&pool->known_jobs) / sizeof(struct jgi_known_job));
    if (told->started_threads)
        jgi_note(pool, JGI_LEVEL_WARN,
                 "a constructor of the program starts a thread, so each process for jobs has to be "
                 "started afresh, which takes longer: start it in main, or when it is first used");
    jgi_loop_clear_alarm(pool->loop, &pool->start_limit);
    for (int i = 0; i < JGI_SOURCE_COUNT; i++) {
        fail_unknown(pool, &pool->sources[i].nested);
        fail_unknown(pool, &pool->sources[i].queue);
    }
}

static void hold_forks(struct jgi_pool *pool)
{
    pool->is_fork_held = jgi_loop_set_alarm(pool->loop, &pool->fork_hold, jgi_clock_ns() + HOLD_NS);
}

static void take_no_worker(struct jgi_pool *pool, const struct jgi_zygote_report *told)
{
    struct jgi_source *source = &pool->sources[told->is_reuse != 0];
    char cause[256];
    source->asked_count -= told->count < source->asked_count ? told->count : source->asked_count;
    if (pool->zygote_state == JGI_ZYGOTE_STARTING) pool->start_error = told->error;
    hold_forks(pool);
    if (source->queued_count == 0 || jgi_has_hope(pool, source)) {
        (void)jgi_launch_describe(told->error, cause, sizeof cause);
        if (!pool->is_fork_hold_told)
            jgi_note(pool, JGI_LEVEL_WARN, "%s; calls wait for the %u processes there are", cause,
                     pool->worker_count);
        pool->is_fork_hold_told = true;
        return;
    }
    fail_for_lack(pool, told->error);
}

static void take_worker(struct jgi_pool *pool, const struct jgi_zygote_report *told, int *fds,
                        size_t fd_count)
{
    struct jgi_source *source = &pool->sources[told->is_reuse != 0];
    if (source->asked_count > 0) source->asked_count--;
    struct jgi_worker *worker = NULL;
    int error = EMFILE;
    if (fd_count == (told->is_reuse ? 4u : 3u)) {
        worker = jgi_worker_new(pool, told->pid, told->is_reuse != 0, fds);
        error = errno;
    } else { /* there was no room for all of them */
        while (fd_count > 0)
            (void)jgi_fd_close(fds[--fd_count]);
    }
    if (worker ==
        NULL) { /* no descriptors or memory here: its socket is closed, so it ends by itself */
        struct jgi_zygote_report lost = {.is_reuse = told->is_reuse, .error = error};
        take_no_worker(pool, &lost);
        return;
    }
    pool->failed_starts = 0;
    jgi_list_add_last(&source->idle, &worker->idle_link);
    source->idle_count++;
}

static void take_death(struct jgi_pool *pool, const struct jgi_zygote_report *told)
{
    for (struct jgi_link *link = pool->workers.next; link != &pool->workers; link = link->next) {
        struct jgi_worker *worker = JGI_OWNER(link, struct jgi_worker, link);
        if (worker->pid != told->pid || worker->is_death_known) continue;
        jgi_worker_died(worker, told->wait_status, told->was_alive != 0);
        return;
    }
}

/* 1: a report was taken; 0: none is there; -1: the zygote has ended. */
static int take_report(struct jgi_pool *pool)
{
    char *packet = pool->packet;
    struct jgi_zygote_report told;
    int fds[4];
    size_t fd_count;
    ssize_t got = jgi_fd_receive(pool->zygote.fd, packet, JGI_ZYGOTE_PACKET_MAX, fds, 4, &fd_count,
                                 MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return 0;
    if (got < (ssize_t)sizeof told) return -1;
    memcpy(&told, packet, sizeof told);
    if (told.event == JGI_ZYGOTE_WORKER)
        take_worker(pool, &told, fds, fd_count);
    else if (told.event == JGI_ZYGOTE_DEATH)
        take_death(pool, &told);
    else if (told.event == JGI_ZYGOTE_NO_WORKER)
        take_no_worker(pool, &told);
    else if (told.event == JGI_ZYGOTE_HELLO)
        take_hello(pool, &told, packet + sizeof told, (size_t)got - sizeof told);
    return 1;
}

static void on_zygote(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events)
{
    struct jgi_pool *pool = JGI_OWNER(watch, struct jgi_pool, zygote);
    int taken = 1;
    (void)loop;
    (void)events;
    for (int i = 0; i < 64 && taken > 0 && watch->fd >= 0; i++)
        taken = take_report(pool);
    if (taken < 0)
        zygote_ended(
            pool,
            "its zygote ended before it had made a worker: is memory out, or does a constructor of "
            "the program end it?");
}

static void on_start_limit(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_pool *pool = JGI_OWNER(alarm, struct jgi_pool, start_limit);
    (void)loop;
    jgi_fail_queued(pool, JG_EUNSUITABLE, "its zygote was not ready after 30 s");
    (void)kill(pool->zygote_pid, SIGKILL);
    zygote_ended(pool, "its zygote was not ready after 30 s");
}

static jg_status launch(struct jgi_pool *pool, char *ret_text, size_t text_size)
{
    struct jgi_program program = pool->config.program;
    const char *root = pool->config.scratch_root;
    int error = root == NULL ? 0 : jgi_scratch_open(root, &pool->scratch);
    if (error != 0) {
        (void)snprintf(ret_text, text_size, "no directory for its jobs can be made in %s: %s", root,
                       strerror(error));
        return error == ENOMEM                      ? JG_ENOMEM
               : error == ENOSPC || error == EMFILE ? JG_EFULL
                                                    : JG_EUNSUITABLE;
    }
    if (root != NULL) program.directory = pool->scratch.path;
    return jgi_launch(&program, pool->failed_starts == 0, &pool->zygote.fd, &pool->zygote_pid,
                      ret_text, text_size);
}

static void kill_group(const struct jgi_pool *pool)
{
    (void)kill(-pool->zygote_pid, SIGKILL);
    (void)kill(pool->zygote_pid, SIGKILL); /* should it have left its group */
}

/* It is still there: with whom it has made, and who is in its group. */
static void on_end_limit(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_pool *pool = JGI_OWNER(alarm, struct jgi_pool, start_limit);
    (void)loop;
    kill_group(pool);
    zygote_ended(pool, "it did not end");
}

void jgi_zygote_end(struct jgi_pool *pool)
{
    if (pool->zygote_state == JGI_ZYGOTE_NONE || pool->zygote_state == JGI_ZYGOTE_ENDING) return;
    bool listens = pool->zygote_state == JGI_ZYGOTE_READY;
    struct jgi_worker *worker;
    for (int i = 0; i < JGI_SOURCE_COUNT; i++) /* no call may take them */
        while ((worker = jgi_take_idle(pool, &pool->sources[i])) != NULL)
            jgi_worker_move(worker, JGI_WORKER_ENDING);
    pool->zygote_state = JGI_ZYGOTE_ENDING;
    pool->start_limit.on_due = on_end_limit;
    if (listens)
        (void)shutdown(pool->zygote.fd, SHUT_WR); /* it ends when it has read that */
    else
        kill_group(pool); /* a constructor may take its time */
    if (!jgi_loop_set_alarm(pool->loop, &pool->start_limit, jgi_clock_ns() + END_NS))
        kill_group(pool);
}

void jgi_zygote_need(struct jgi_pool *pool)
{
    char text[4400];
    if (pool->zygote_state != JGI_ZYGOTE_NONE) return;
    jg_status status = launch(pool, text, sizeof text);
    if (status != JG_OK) {
        leave_scratch(pool);
        jgi_fail_queued(pool, status, text);
        return;
    }
    pool->known_jobs.start = pool->known_jobs.end = 0;
    pool->known_names.start = pool->known_names.end = 0;
    pool->zygote.on_ready = on_zygote;
    pool->start_limit.on_due = on_start_limit;
    pool->zygote_state = JGI_ZYGOTE_STARTING;
    pool->start_error = 0;
    if (!jgi_loop_watch(pool->loop, &pool->zygote, JGI_READABLE) ||
        !jgi_loop_set_alarm(pool->loop, &pool->start_limit, jgi_clock_ns() + START_NS)) {
        jgi_fail_queued(pool, JG_ENOMEM, "no memory to watch its zygote");
        zygote_ended(pool, "no memory to watch it");
    }
}

/* False: it has ended, of which the loop hears, or the system has no memory. */
static bool request(struct jgi_pool *pool, const struct jgi_zygote_request *asked)
{
    return pool->zygote_state == JGI_ZYGOTE_READY &&
           jgi_fd_send(pool->zygote.fd, asked, sizeof *asked, NULL, 0, 0) >= 0;
}

void jgi_zygote_ask(struct jgi_pool *pool, bool is_reuse, unsigned count)
{
    struct jgi_zygote_request asked = {
        .command = JGI_ZYGOTE_FORK, .count = count, .is_reuse = is_reuse};
    if (request(pool, &asked))
        pool->sources[is_reuse].asked_count += count;
    else
        hold_forks(pool);
}

void jgi_zygote_kill(struct jgi_pool *pool, pid_t pid, int signal_number)
{
    struct jgi_zygote_request asked = {
        .command = JGI_ZYGOTE_SIGNAL, .pid = pid, .signal_number = signal_number};
    (void)request(pool, &asked);
}

void jgi_zygote_probe(struct jgi_pool *pool, pid_t pid)
{
    struct jgi_zygote_request asked = {.command = JGI_ZYGOTE_PROBE, .pid = pid};
    (void)request(pool, &asked);
}

const struct jgi_known_job *jgi_zygote_find(const struct jgi_pool *pool, uint64_t job)
{
    if (jgi_buffer_size(&pool->known_jobs) == 0) return NULL;
    const struct jgi_known_job *jobs = (const void *)jgi_buffer_data(&pool->known_jobs);
    size_t low = 0, high = jgi_buffer_size(&pool->known_jobs) / sizeof *jobs;
    size_t count = high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (jobs[middle].told.job < job)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && jobs[low].told.job == job ? &jobs[low] : NULL;
}
