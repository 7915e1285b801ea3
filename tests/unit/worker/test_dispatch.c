/* SPDX-License-Identifier: MIT */
/* Who gets what, when. The test sits at the other ends of the pool's sockets: it answers as the
 * zygote and as the workers would, and sees what they would be sent. */
#include "base/clock.h"
#include "base/fd.h"
#include "worker/pool_state.h"
#include "worker/zygote.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LONG_MS = 60 * 1000, TASKS_MAX = 40, PLAIN = 0 };

/* The far end of a worker. */
struct far {
    struct jgi_worker *worker; /* the pool's view */
    int socket;
    struct jgi_frame_reader *reader;
    struct jgi_claims *claims;
};

static struct jgi_loop *loop;
static struct jgi_pool *pool;
static int zygote; /* its end of the socket */
static struct jgi_task tasks[TASKS_MAX];
static char ended[TASKS_MAX + 1]; /* 'a' for tasks[0] ..., in the order of their ends; locked */
static pthread_cond_t news;
static struct jgi_frame_reader readers[TASKS_MAX];
static size_t reader_count;

static void ignore_lines(void *user, int stream, const struct jgi_output_source *source,
                         const char *lines, size_t size)
{
    (void)user, (void)stream, (void)source, (void)lines, (void)size;
}

static void on_end(struct jgi_task *task)
{
    ended[strlen(ended)] = (char)('a' + (task - tasks));
    (void)pthread_cond_broadcast(&news);
}

static void open_pool(unsigned slots, unsigned workers_max)
{
    int pair[2];
    struct jgi_pool_config config = {
        .slots = slots, .workers_max = workers_max, .sink = ignore_lines};
    cr_assert(jgi_condition_init(&news));
    loop = jgi_loop_new();
    cr_assert_not_null(loop);
    pool = jgi_pool_new(loop, &config);
    cr_assert_not_null(pool);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    zygote = pair[1];
    jgi_loop_lock(loop);
    pool->zygote.fd = pair[0];
    pool->zygote_state = JGI_ZYGOTE_READY;
    static const struct jgi_known_job known[] = {{.told.job = 1},
                                                 {.told.job = 2, .told.is_reuse = true}};
    cr_assert(jgi_buffer_add(&pool->known_jobs, known, sizeof known));
    cr_assert(jgi_buffer_add(&pool->known_names, "test", sizeof "test"));
    jgi_loop_unlock(loop);
}

/* A worker has come and is idle. */
static struct far add_worker(bool is_reuse)
{
    int pair[2], out[2], err[2], fds[4];
    static pid_t next_pid = 1000;
    struct far far = {0};
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    cr_assert_eq(pipe(out) | pipe(err), 0);
    int claims = jgi_fd_memfd("claims");
    cr_assert_eq(ftruncate(claims, sizeof *far.claims), 0);
    far.claims = mmap(NULL, sizeof *far.claims, PROT_READ | PROT_WRITE, MAP_SHARED, claims, 0);
    cr_assert_neq(far.claims, MAP_FAILED);
    far.socket = pair[1];
    far.reader = &readers[reader_count++];
    fds[0] = pair[0], fds[1] = out[0], fds[2] = err[0], fds[3] = claims;
    jgi_loop_lock(loop);
    far.worker = jgi_worker_new(pool, next_pid++, is_reuse, fds);
    cr_assert_not_null(far.worker);
    struct jgi_source *source = &pool->sources[is_reuse];
    jgi_list_add_last(&source->idle, &far.worker->idle_link);
    source->idle_count++;
    jgi_dispatch(pool);
    jgi_loop_unlock(loop);
    return far;
}

static void make(int index, bool is_reuse, bool is_nested)
{
    tasks[index] = (struct jgi_task){.job_name = "test",
                                     .job = 1,
                                     .is_reuse = is_reuse,
                                     .is_nested = is_nested,
                                     .deadline_ns = JGI_NEVER,
                                     .args = JGI_PAYLOAD_INIT,
                                     .on_end = on_end};
}

/* tasks[index] comes. */
static void submit(int index, bool is_reuse, bool is_nested)
{
    make(index, is_reuse, is_nested);
    jgi_pool_submit(pool, &tasks[index]);
}

/* The next frame for that worker; kind 0: none is there. */
static struct jgi_frame_head look(struct far *far, struct jgi_payload *ret_payload)
{
    struct jgi_frame_head head = {0};
    struct jgi_payload payload = JGI_PAYLOAD_INIT;
    int found;
    while ((found = jgi_frame_next(far->reader, &head, &payload)) == 0)
        if (jgi_frame_fill(far->reader, far->socket, MSG_DONTWAIT) <= 0) break;
    cr_assert_geq(found, 0, "what came is no frame");
    if (found == 0) head = (struct jgi_frame_head){0};
    if (ret_payload != NULL)
        *ret_payload = payload;
    else
        jgi_payload_fini(&payload);
    return head;
}

static struct jgi_frame_head await_frame(struct far *far, struct jgi_payload *ret_payload)
{
    struct pollfd ready = {.fd = far->socket, .events = POLLIN};
    struct jgi_frame_head head;
    while ((head = look(far, ret_payload)).kind == 0)
        cr_assert_eq(poll(&ready, 1, LONG_MS), 1, "no frame came");
    return head;
}

/* The task that a RUN brings, as its letter; '-': nothing is there. */
static char runs(struct far *far)
{
    struct jgi_frame_head head = look(far, NULL);
    if (head.kind == 0) return '-';
    cr_assert_eq(head.kind, JGI_FRAME_RUN);
    for (int i = 0; i < TASKS_MAX; i++)
        if (tasks[i].number == head.call) return (char)('a' + i);
    return '?';
}

static void tell(struct far *far, struct jgi_frame_head head, const struct jgi_payload *payload)
{
    struct jgi_buffer out = {0};
    int fd = payload == NULL ? -1 : payload->bulk_fd;
    cr_assert(jgi_frame_add(&out, &head, payload));
    cr_assert_eq(
        jgi_fd_send(far->socket, jgi_buffer_data(&out), jgi_buffer_size(&out), &fd, fd >= 0, 0),
        (ssize_t)jgi_buffer_size(&out));
    jgi_buffer_fini(&out);
}

static void answer(struct far *far, uint64_t number)
{
    /* A second each, so that none is sent ahead. */
    tell(far,
         (struct jgi_frame_head){
             .kind = JGI_FRAME_RESULT, .call = number, .run_ns = UINT64_C(1000000000)},
         NULL);
}

/* Until so many tasks have ended; all that follows from it has been done, too. */
static void await_ends(size_t count)
{
    uint64_t deadline_ns = jgi_clock_deadline(LONG_MS);
    jgi_loop_lock(loop);
    while (strlen(ended) < count)
        cr_assert(jgi_loop_wait(loop, &news, deadline_ns), "only '%s' have ended", ended);
    jgi_dispatch(pool);
    jgi_loop_unlock(loop);
}

static void await_state(struct far *far, int state)
{
    uint64_t deadline_ns = jgi_clock_deadline(LONG_MS);
    for (int now = -1; now != state;) {
        cr_assert_lt(jgi_clock_ns(), deadline_ns, "it is in state %d", now);
        jgi_loop_lock(loop);
        now = far->worker->state;
        if (now == state) jgi_dispatch(pool);
        jgi_loop_unlock(loop);
    }
}

/* The next request of that kind to the zygote. */
static struct jgi_zygote_request await_request(uint32_t command)
{
    struct jgi_zygote_request asked = {0};
    struct pollfd ready = {.fd = zygote, .events = POLLIN};
    while (asked.command != command) {
        cr_assert_eq(poll(&ready, 1, LONG_MS), 1, "no request came");
        cr_assert_eq(recv(zygote, &asked, sizeof asked, 0), (ssize_t)sizeof asked);
    }
    return asked;
}

static void close_all(void)
{
    while (reader_count > 0)
        jgi_frame_reader_fini(&readers[--reader_count]);
    loop = jgi_loop_free(loop);
}

TestSuite(dispatch, .fini = close_all, .timeout = 90);

Test(dispatch, asks_for_a_worker_where_none_is_idle)
{
    open_pool(1, 8);
    submit(0, true, PLAIN);
    cr_expect_eq(await_request(JGI_ZYGOTE_FORK).is_reuse, 1);
    struct far far = add_worker(true);
    cr_expect_eq(runs(&far), 'a');
}

Test(dispatch, nested_calls_go_first_then_the_oldest)
{
    open_pool(1, 8);
    static const bool is_nested[] = {false, true, false, true, false};
    char order[6] = "";
    for (int i = 0; i < 5; i++)
        submit(i, true, is_nested[i]);
    struct far far = add_worker(true);
    for (int i = 0; i < 5; i++) {
        order[i] = runs(&far);
        cr_assert(order[i] >= 'a' && order[i] <= 'e', "'%c' after '%s'", order[i], order);
        cr_expect_eq(runs(&far), '-', "one at a time");
        answer(&far, tasks[order[i] - 'a'].number);
        await_ends((size_t)i + 1);
    }
    cr_expect_str_eq(order, "bdace");
    cr_expect_str_eq(ended, "bdace");
    for (int i = 0; i < 5; i++)
        cr_expect_eq(tasks[i].outcome.status, JG_OK);
}

Test(dispatch, the_oldest_goes_first_whatever_its_isolation)
{
    open_pool(1, 8);
    submit(0, false, PLAIN);
    submit(1, true, PLAIN);
    submit(2, false, PLAIN);
    struct far reuse;
    jgi_loop_lock(loop); /* nothing is given before all three are there */
    pool->slots->count = 0;
    jgi_loop_unlock(loop);
    struct far one = add_worker(false), two = add_worker(false);
    reuse = add_worker(true);
    jgi_loop_lock(loop);
    pool->slots->count = 1;
    jgi_dispatch(pool);
    jgi_loop_unlock(loop);
    cr_expect_eq(runs(&one), 'a');
    cr_expect_eq(runs(&reuse), '-');
    answer(&one, tasks[0].number);
    await_ends(1);
    cr_expect_eq(runs(&reuse), 'b');
    cr_expect_eq(runs(&two), '-');
    answer(&reuse, tasks[1].number);
    await_ends(2);
    cr_expect_eq(runs(&two), 'c');
    cr_expect_eq(runs(&one), '-', "a fresh worker runs one");
}

Test(dispatch, no_more_run_than_there_are_slots)
{
    open_pool(2, 8);
    struct far workers[3] = {add_worker(false), add_worker(false), add_worker(false)};
    for (int i = 0; i < 3; i++)
        submit(i, false, PLAIN);
    cr_expect_eq(runs(&workers[0]), 'a');
    cr_expect_eq(runs(&workers[1]), 'b');
    cr_expect_eq(runs(&workers[2]), '-');
    answer(&workers[1], tasks[1].number);
    await_ends(1);
    cr_expect_eq(runs(&workers[2]), 'c');
}

Test(dispatch, a_worker_that_waits_lends_its_slot_and_takes_it_back_at_once)
{
    open_pool(1, 8);
    struct far one = add_worker(false), two = add_worker(false), three = add_worker(false);
    for (int i = 0; i < 3; i++)
        submit(i, false, PLAIN);
    cr_expect_eq(runs(&one), 'a');
    cr_expect_eq(runs(&two), '-');
    tell(&one, (struct jgi_frame_head){.kind = JGI_FRAME_WAITING}, NULL);
    await_state(&one, JGI_WORKER_WAITING);
    cr_expect_eq(runs(&two), 'b');
    tell(&one, (struct jgi_frame_head){.kind = JGI_FRAME_RESUMED}, NULL);
    await_state(&one, JGI_WORKER_BUSY);
    cr_expect_eq(pool->slots->busy, 2, "one more than there are slots");
    answer(&two, tasks[1].number);
    await_ends(1);
    cr_expect_eq(runs(&three), '-', "which is made up for");
    answer(&one, tasks[0].number);
    await_ends(2);
    cr_expect_eq(runs(&three), 'c');
}

/* What it runs calls a job: fresh is 1, reuse is 2. Returns when the pool has it. */
static void call(struct far *far, uint64_t number, uint64_t job)
{
    uint64_t deadline_ns = jgi_clock_deadline(LONG_MS), order = 0;
    jgi_loop_lock(loop);
    uint64_t before = pool->slots->next_order;
    jgi_loop_unlock(loop);
    tell(far, (struct jgi_frame_head){.kind = JGI_FRAME_CALL, .call = number, .job = job}, NULL);
    while (order <= before) {
        cr_assert_lt(jgi_clock_ns(), deadline_ns, "call %d was not taken", (int)number);
        jgi_loop_lock(loop);
        order = pool->slots->next_order;
        jgi_loop_unlock(loop);
    }
}

static void expect_refusal(struct far *far, uint64_t number)
{
    struct jgi_frame_head head = await_frame(far, NULL);
    cr_expect_eq(head.kind, JGI_FRAME_ANSWER);
    cr_expect_eq(head.call, number);
    cr_expect_eq(head.status, JG_EFULL);
}

Test(dispatch, where_all_wait_the_youngest_nested_calls_are_refused_until_one_can_go_on)
{
    static const struct jgi_frame_head waiting = {.kind = JGI_FRAME_WAITING};
    open_pool(1, 2);
    struct far one = add_worker(false), two = add_worker(false);
    submit(0, false, PLAIN);
    cr_expect_eq(runs(&one), 'a');
    call(&one, 1, 1);
    tell(&one, waiting, NULL);
    cr_expect_eq(await_frame(&two, NULL).kind, JGI_FRAME_RUN, "there is a worker for it");
    call(&one, 2, 1);
    call(&two, 3, 2);
    call(&one, 4, 1);
    submit(1, false, PLAIN);
    cr_expect_eq(look(&one, NULL).kind, 0, "one of them runs, so nothing is stuck");
    tell(&two, waiting, NULL);
    expect_refusal(&one, 4);
    expect_refusal(&two, 3);
    await_state(&two, JGI_WORKER_WAITING);
    cr_expect_eq(look(&one, NULL).kind, 0, "the other waits for nothing any more");
    jgi_loop_lock(loop);
    cr_expect_eq(tasks[1].state, JGI_TASK_QUEUED, "what is not nested waits");
    cr_expect_eq(tasks[0].state, JGI_TASK_SENT, "what runs is not touched");
    jgi_loop_unlock(loop);
    tell(&two, (struct jgi_frame_head){.kind = JGI_FRAME_RESUMED}, NULL);
    call(&two, 5, 2);
    tell(&two, waiting, NULL);
    expect_refusal(&two, 5);
}

Test(dispatch, an_idle_worker_of_the_other_mode_makes_room)
{
    open_pool(1, 1);
    struct far idle = add_worker(true);
    submit(0, false, PLAIN);
    struct jgi_zygote_request asked = await_request(JGI_ZYGOTE_SIGNAL);
    cr_expect_eq(asked.pid, idle.worker->pid);
    cr_expect_eq(asked.signal_number, SIGTERM);
}

/* tasks[0] runs on a reuse worker, and so short that three more are sent behind it. Locked: what
   follows in the pool waits for the unlock. */
static struct far open_locked_with_three_ahead(void)
{
    open_pool(1, 8);
    struct far far = add_worker(true);
    jgi_loop_lock(loop);
    jgi_pace_note(pool, 1, 1000);
    for (int i = 0; i < 4; i++) {
        make(i, true, PLAIN);
        jgi_pool_submit_locked(pool, &tasks[i]);
    }
    jgi_dispatch(pool);
    jgi_dispatch_ahead(pool); /* as at a round's end */
    return far;
}

static struct far open_with_three_ahead(void)
{
    struct far far = open_locked_with_three_ahead();
    jgi_loop_unlock(loop);
    return far;
}

static void expect_ahead(struct far *far, uint32_t *ret_claims)
{
    for (int i = 0; i < 4; i++) {
        struct jgi_frame_head head = await_frame(far, NULL);
        cr_expect_eq(head.call, tasks[i].number);
        cr_expect_eq(far->claims->places[head.claim], head.call, "it is offered");
        if (i == 0) cr_assert(jgi_claim_take(far->claims, head.claim, head.call));
        if (ret_claims != NULL) ret_claims[i] = head.claim;
    }
}

Test(dispatch, short_ones_are_sent_ahead_and_taken_back_when_their_worker_waits)
{
    struct far one = open_with_three_ahead();
    expect_ahead(&one, NULL);
    tell(&one, (struct jgi_frame_head){.kind = JGI_FRAME_WAITING}, NULL);
    await_state(&one, JGI_WORKER_WAITING);
    for (uint32_t place = 0; place < JGI_CLAIM_COUNT; place++)
        cr_expect(one.claims->places[place] == 0 || one.claims->places[place] == JGI_CLAIM_TAKEN,
                  "place %u is still offered", place);
    struct far two = add_worker(true);
    cr_expect_eq(runs(&two), 'b', "in their order");
}

Test(dispatch, what_is_sent_ahead_is_spread_evenly)
{
    open_pool(2, 8);
    struct far one = add_worker(true), two = add_worker(true);
    jgi_loop_lock(loop);
    jgi_pace_note(pool, 1, 1000);
    jgi_loop_unlock(loop);
    for (int i = 0; i < 10; i++)
        submit(i, true, PLAIN);
    jgi_loop_lock(loop);
    jgi_dispatch_ahead(pool);
    cr_expect_eq(one.worker->sent_count, 5, "it has %u", one.worker->sent_count);
    cr_expect_eq(two.worker->sent_count, 5, "it has %u", two.worker->sent_count);
    jgi_loop_unlock(loop);
}

Test(dispatch, what_a_dead_worker_had_not_begun_runs_elsewhere)
{
    struct far one = open_with_three_ahead();
    expect_ahead(&one, NULL);
    jgi_loop_lock(loop);
    jgi_worker_died(one.worker, SIGSEGV, false);
    jgi_loop_unlock(loop);
    await_ends(1);
    cr_expect_str_eq(ended, "a");
    cr_expect_eq(tasks[0].outcome.status, JG_ESIGNAL);
    cr_expect_eq(tasks[0].outcome.signal_number, SIGSEGV);
    struct far two = add_worker(true);
    for (char letter = 'b'; letter <= 'd'; letter++) {
        cr_assert_eq(runs(&two), letter);
        answer(&two, tasks[letter - 'a'].number);
        await_ends((size_t)(letter - 'a') + 1);
    }
    cr_expect_str_eq(ended, "abcd");
}

/* It has run tasks[index], of which it has read the RUN, and leaves a result of one byte. */
static void leave(struct far *far, int index, uint32_t claim)
{
    uint8_t byte = (uint8_t)index;
    if (index > 0) cr_assert(jgi_claim_take(far->claims, claim, tasks[index].number));
    jgi_claim_leave(far->claims, claim, 1000, &byte, 1);
}

static void expect_left(int index)
{
    cr_expect_eq(tasks[index].outcome.status, JG_OK);
    cr_assert_eq(tasks[index].outcome.result.message_size, 1);
    cr_expect_eq(tasks[index].outcome.result.message[0], index);
    jgi_outcome_fini(&tasks[index].outcome);
}

Test(dispatch, what_is_left_is_taken_before_the_frame_behind_it)
{
    struct far one = open_with_three_ahead();
    uint32_t claims[4];
    expect_ahead(&one, claims);
    for (int i = 0; i < 3; i++)
        leave(&one, i, claims[i]);
    answer(&one, tasks[3].number);
    await_ends(4);
    cr_expect_str_eq(ended, "abcd");
    for (int i = 0; i < 3; i++)
        expect_left(i);
    cr_expect_eq(one.worker->state, JGI_WORKER_IDLE);
}

Test(dispatch, what_is_left_does_not_wait_for_the_one_behind_it)
{
    struct far one = open_locked_with_three_ahead();
    uint32_t claims[4];
    expect_ahead(&one, claims);
    leave(&one, 0, claims[0]);
    cr_assert(jgi_claim_take(one.claims, claims[1], tasks[1].number));
    jgi_loop_unlock(loop);
    await_ends(1); /* though no frame comes */
    cr_expect_str_eq(ended, "a");
    expect_left(0);
    jgi_loop_lock(loop);
    cr_expect_eq(tasks[1].state, JGI_TASK_SENT);
    jgi_loop_unlock(loop);
}

Test(dispatch, what_a_dead_worker_has_left_counts)
{
    struct far one = open_locked_with_three_ahead();
    uint32_t claims[4];
    expect_ahead(&one, claims);
    cr_assert(jgi_claim_take(one.claims, claims[1], tasks[1].number));
    leave(&one, 0, claims[0]);
    jgi_worker_died(one.worker, SIGSEGV, false);
    jgi_loop_unlock(loop);
    await_ends(2);
    cr_expect_str_eq(ended, "ab");
    expect_left(0);
    cr_expect_eq(tasks[1].outcome.signal_number, SIGSEGV);
    jgi_loop_lock(loop);
    cr_expect_eq(tasks[2].state, JGI_TASK_QUEUED);
    jgi_loop_unlock(loop);
}

Test(dispatch, who_stops_what_is_left_ends_nothing_else)
{
    struct far one = open_locked_with_three_ahead();
    uint32_t claims[4];
    expect_ahead(&one, claims);
    cr_assert(jgi_claim_take(one.claims, claims[1], tasks[1].number));
    leave(&one, 0, claims[0]);
    jgi_pool_stop(pool, &tasks[0], JG_ECANCELLED, "cancelled");
    jgi_loop_unlock(loop);
    cr_expect_eq(tasks[0].outcome.status, JG_ECANCELLED);
    answer(&one, tasks[1].number);
    await_ends(2);
    cr_expect_eq(tasks[1].outcome.status, JG_OK);
    cr_expect(tasks[1].has_begun);
}

Test(dispatch, a_time_limit_does_not_end_what_is_left)
{
    struct far one = open_locked_with_three_ahead();
    uint32_t claims[4];
    expect_ahead(&one, claims);
    leave(&one, 0, claims[0]);
    tasks[0].alarm.on_due(loop, &tasks[0].alarm);
    jgi_loop_unlock(loop);
    await_ends(1);
    expect_left(0);
}

Test(dispatch, who_leaves_too_much_breaks_the_protocol)
{
    struct far one = open_locked_with_three_ahead();
    uint32_t claims[4];
    expect_ahead(&one, claims);
    one.claims->left[claims[0]].size = JGI_LEFT_MAX + 1;
    one.claims->places[claims[0]] = JGI_CLAIM_LEFT;
    jgi_loop_unlock(loop);
    struct jgi_zygote_request asked = await_request(JGI_ZYGOTE_SIGNAL);
    cr_expect_eq(asked.pid, one.worker->pid);
    cr_expect_eq(asked.signal_number, SIGKILL);
}

Test(dispatch, long_ones_are_not_sent_ahead)
{
    open_pool(1, 8);
    struct far far = add_worker(true);
    jgi_loop_lock(loop);
    jgi_pace_note(pool, 1, 1000000);
    jgi_loop_unlock(loop);
    submit(0, true, PLAIN);
    submit(1, true, PLAIN);
    jgi_loop_lock(loop);
    jgi_dispatch_ahead(pool);
    jgi_loop_unlock(loop);
    cr_expect_eq(runs(&far), 'a');
    cr_expect_eq(runs(&far), '-');
}

Test(dispatch, a_worker_that_sends_no_frames_is_killed)
{
    open_pool(1, 8);
    struct far far = add_worker(false);
    submit(0, false, PLAIN);
    cr_expect_eq(runs(&far), 'a');
    char garbage[sizeof(struct jgi_frame_head)];
    memset(garbage, 0xff, sizeof garbage);
    cr_assert_eq(write(far.socket, garbage, sizeof garbage), (ssize_t)sizeof garbage);
    struct jgi_zygote_request asked = await_request(JGI_ZYGOTE_SIGNAL);
    cr_expect_eq(asked.pid, far.worker->pid);
    cr_expect_eq(asked.signal_number, SIGKILL);
    jgi_loop_lock(loop);
    cr_expect_eq(tasks[0].state, JGI_TASK_SENT, "its death is awaited");
    jgi_worker_died(far.worker, SIGKILL, false);
    jgi_loop_unlock(loop);
    await_ends(1);
    cr_expect_eq(tasks[0].outcome.status, JG_EPROTOCOL);
}

Test(dispatch, an_answer_to_what_was_not_asked_breaks_the_protocol)
{
    static const struct jgi_frame_head heads[] = {
        {.kind = JGI_FRAME_RESULT, .call = 999},
        {.kind = JGI_FRAME_RESULT, .call = 1, .status = JG_PENDING},
        {.kind = JGI_FRAME_RESULT, .call = 1, .status = JG_STATUS_COUNT},
        {.kind = JGI_FRAME_RUN, .call = 1},
        {.kind = JGI_FRAME_ANSWER, .call = 1},
    };
    open_pool(8, 8);
    for (int i = 0; i < 5; i++) {
        struct far far = add_worker(false);
        submit(i, false, PLAIN);
        cr_assert_eq(runs(&far), 'a' + i);
        struct jgi_frame_head head = heads[i];
        if (head.call == 1) head.call = tasks[i].number;
        tell(&far, head, NULL);
        await_state(&far, JGI_WORKER_ENDING);
        cr_expect_eq(await_request(JGI_ZYGOTE_SIGNAL).signal_number, SIGKILL, "row %d", i);
    }
}

/* What goes to a worker that does not read: more than its socket holds, and a memfd behind it. */
Test(dispatch, answers_with_memfds_reach_a_worker_that_reads_late)
{
    enum { CALLS = 24, SMALL = 60000 };
    struct jgi_payload small = JGI_PAYLOAD_INIT, bulk = JGI_PAYLOAD_INIT;
    struct jgi_segment segment = {.field = 1, .offset = 4096, .size = 4096};
    uint8_t *block = calloc(1, SMALL);
    open_pool(2, 8);
    small.message = block;
    small.message_size = SMALL;
    bulk.segments = &segment;
    bulk.segment_count = 1;
    bulk.bulk_size = 8192;
    bulk.bulk_fd = jgi_fd_memfd("test");
    cr_assert_eq(ftruncate(bulk.bulk_fd, 8192), 0);
    struct far parent = add_worker(true);
    submit(0, true, PLAIN);
    cr_assert_eq(await_frame(&parent, NULL).kind, JGI_FRAME_RUN);
    for (uint64_t call = 1; call <= CALLS; call++) {
        tell(&parent, (struct jgi_frame_head){.kind = JGI_FRAME_CALL, .call = call, .job = 1},
             NULL);
        struct far child = add_worker(false); /* as the job is annotated */
        struct jgi_frame_head run = await_frame(&child, NULL);
        tell(&child, (struct jgi_frame_head){.kind = JGI_FRAME_RESULT, .call = run.call},
             call % 8 == 0 ? &bulk : &small);
        await_state(&child, JGI_WORKER_SPENT);
    }
    for (uint64_t call = 1; call <= CALLS; call++) {
        struct jgi_payload got;
        struct jgi_frame_head head = await_frame(&parent, &got);
        cr_assert_eq(head.kind, JGI_FRAME_ANSWER);
        cr_assert_eq(head.call, call);
        cr_expect_eq(got.bulk_fd >= 0, call % 8 == 0, "call %d", (int)call);
        cr_expect_eq(got.message_size, call % 8 == 0 ? 0 : SMALL);
        jgi_payload_fini(&got);
    }
    free(block);
}
