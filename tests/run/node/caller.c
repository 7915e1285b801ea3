/* SPDX-License-Identifier: MIT */
#include "caller.h"

#include "base/clock.h"
#include "base/fd.h"
#include "wire/codec.h"
#include "wire/digest.h"
#include "wire/durations.h"
#include "wire/outcome.h"
#include "worker/registry.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, ROOMS = 8 };

const struct jgi_job *t_job(const char *name)
{
    for (size_t i = 0; i < jgi_registry_count(); i++)
        if (strcmp(jgi_registry_at(i)->name, name) == 0) return jgi_registry_at(i);
    cr_assert_fail("no job %s", name);
    return NULL;
}

static void *copy(const void *from, size_t size)
{
    void *to = size == 0 ? NULL : malloc(size);
    if (to != NULL) memcpy(to, from, size);
    return to;
}

static struct t_frame *frame_new(const struct jgi_message *message)
{
    struct t_frame *frame = calloc(1, sizeof *frame);
    cr_assert_not_null(frame);
    frame->message = *message;
    if (message->text != NULL) frame->message.text = strdup(message->text);
    if (message->last_output != NULL) frame->message.last_output = strdup(message->last_output);
    if (message->program != NULL) frame->message.program = copy(message->program, JGI_DIGEST_SIZE);
    frame->message.segments =
        copy(message->segments, message->segment_count * sizeof *message->segments);
    frame->message.body = copy(message->body, message->body_size);
    frame->message.nodes = NULL;
    return frame;
}

static void forget(const void *memory)
{
    free((void *)(uintptr_t)memory);
}

void t_frame_free(struct t_frame *frame)
{
    forget(frame->message.text);
    forget(frame->message.last_output);
    forget(frame->message.program);
    forget(frame->message.segments);
    forget(frame->message.body);
    free(frame);
}

static void tell(struct t_caller *caller)
{
    (void)pthread_cond_broadcast(&caller->news);
}

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    struct t_caller *caller = user;
    (void)connection;
    caller->is_open = true;
    caller->session = hello->session;
    caller->node_incarnation = hello->incarnation;
    caller->credits = hello->credits;
    (void)snprintf(caller->node, sizeof caller->node, "%s", hello->name);
    tell(caller);
}

static void take_output(struct t_caller *caller, const struct jgi_message *message)
{
    cr_assert(message->stream == 1 || message->stream == 2);
    int stream = (int)message->stream - 1;
    caller->output_bytes += message->body_size;
    if (caller->is_greedy) return;
    if (caller->said_number != message->number) caller->said_size[0] = caller->said_size[1] = 0;
    caller->said_number = message->number;
    uint64_t *size = &caller->said_size[stream], end = message->offset + message->body_size;
    cr_assert(message->offset <= *size, "some of the output is missing");
    cr_assert(message->body_size > 0 && message->body[message->body_size - 1] == '\n');
    if (end <= *size) return;
    size_t skipped = (size_t)(*size - message->offset);
    if (end < sizeof caller->said[stream]) {
        memcpy(caller->said[stream] + *size, message->body + skipped, message->body_size - skipped);
        caller->said[stream][end] = '\0';
    }
    *size = end;
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct t_caller *caller = user;
    (void)connection;
    if (message->kind == JGI_MESSAGE_OUTPUT)
        take_output(caller, message);
    else
        jgi_list_add_last(&caller->frames, &frame_new(message)->link);
    tell(caller);
}

static void on_sent(void *user, const struct jgi_message *range)
{
    (void)range;
    ((struct t_caller *)user)->pieces_sent++;
}

static void pump(struct t_caller *caller)
{
    if (caller->connection != NULL)
        cr_assert(jgi_outgoing_pump(&caller->outgoing, caller->connection, on_sent, caller));
}

static void on_drained(struct jgi_connection *connection, void *user)
{
    (void)connection;
    pump(user);
    tell(user);
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct t_caller *caller = user;
    (void)connection;
    caller->connection = NULL;
    caller->is_open = false;
    caller->end_status = status;
    (void)snprintf(caller->why, sizeof caller->why, "%s", why);
    jgi_outgoing_fini(&caller->outgoing);
    tell(caller);
}

static const struct jgi_connection_handler handler = {
    .on_open = on_open, .on_message = on_message, .on_drained = on_drained, .on_end = on_end};

void t_caller_init(struct t_caller *caller, const char *program)
{
    char text[300];
    struct stat about;
    memset(caller, 0, sizeof *caller);
    cr_assert(jgi_secret_load(&caller->secret, text, sizeof text), "%s", text);
    cr_assert(jgi_condition_init(&caller->news));
    caller->loop = jgi_loop_new();
    cr_assert_not_null(caller->loop);
    jgi_list_init(&caller->frames);
    jgi_outgoing_init(&caller->outgoing);
    (void)!getrandom(&caller->incarnation, sizeof caller->incarnation, 0);
    caller->program_fd = open(program, O_RDONLY | O_CLOEXEC);
    cr_assert(caller->program_fd >= 0 && fstat(caller->program_fd, &about) == 0);
    caller->program_size = (uint64_t)about.st_size;
    cr_assert(jgi_digest_file(caller->program_fd, caller->program));
    caller->next_number = 1;
}

/* Its loop stays: what nng has still to close comes back to it. */
void t_caller_fini(struct t_caller *caller)
{
    t_caller_cut(caller);
    (void)close(caller->program_fd);
}

static void drop_frames(struct t_caller *caller)
{
    while (!jgi_list_is_empty(&caller->frames)) {
        struct t_frame *frame = JGI_OWNER(caller->frames.next, struct t_frame, link);
        jgi_list_remove(&frame->link);
        t_frame_free(frame);
    }
}

static void wait_for_news(struct t_caller *caller)
{
    jgi_loop_flush(caller->loop);
    cr_assert(jgi_loop_wait(caller->loop, &caller->news, jgi_clock_deadline(PATIENCE_MS)),
              "nothing comes");
}

bool t_caller_dial(struct t_caller *caller, const char *address, uint64_t session)
{
    struct jgi_connection_config config = {
        .loop = caller->loop, .handler = &handler, .user = caller, .secret = &caller->secret};
    struct jgi_message hello = {.role = JGI_PEER_CALLER,
                                .incarnation = caller->incarnation,
                                .session = session,
                                .dial_count = ++caller->dial_count,
                                .floor = 1,
                                .name = "test"};
    jgi_loop_lock(caller->loop);
    drop_frames(caller);
    caller->connection = jgi_connection_dial(&config, address, &hello);
    cr_assert_not_null(caller->connection);
    while (caller->connection != NULL && !caller->is_open)
        wait_for_news(caller);
    jgi_loop_unlock(caller->loop);
    return caller->is_open;
}

void t_caller_cut(struct t_caller *caller)
{
    jgi_loop_lock(caller->loop);
    if (caller->connection != NULL) jgi_connection_close(caller->connection, JG_OK, NULL);
    caller->connection = NULL;
    caller->is_open = false;
    jgi_outgoing_fini(&caller->outgoing);
    drop_frames(caller);
    jgi_loop_unlock(caller->loop);
}

bool t_caller_resume(struct t_caller *caller, const char *address)
{
    uint64_t session = caller->session, start_ns = jgi_clock_ns();
    t_caller_cut(caller);
    cr_assert(t_caller_dial(caller, address, session), "%s", caller->why);
    bool was_late = jgi_clock_ns() - start_ns >= JGI_CALLER_LOST_NS;
    cr_assert(caller->session == session || was_late, "another session");
    return caller->session == session;
}

void t_caller_send(struct t_caller *caller, const struct jgi_message *message)
{
    jgi_loop_lock(caller->loop);
    if (caller->connection != NULL) (void)jgi_connection_send(caller->connection, message);
    jgi_loop_flush(caller->loop);
    jgi_loop_unlock(caller->loop);
}

static struct jgi_message start_of(const struct t_caller *caller, const struct jgi_job *job,
                                   uint64_t number)
{
    return (struct jgi_message){.kind = JGI_MESSAGE_START,
                                .number = number,
                                .floor = 1,
                                .program = caller->program,
                                .size = caller->program_size,
                                .job = job->interface_hash,
                                .job_name = job->name,
                                .is_reuse = job->options.is_reuse,
                                .set_interval_ms = 100};
}

uint64_t t_caller_start(struct t_caller *caller, const char *job)
{
    struct jgi_message start = start_of(caller, t_job(job), caller->next_number++);
    t_caller_send(caller, &start);
    return start.number;
}

/* True: it is done with. */
static bool serve_want(struct t_caller *caller, const struct jgi_message *want)
{
    if (want->kind != JGI_MESSAGE_WANT || want->object != JGI_OBJECT_PROGRAM || want->size == 0)
        return false;
    if (caller->is_mute) return true;
    cr_assert_not_null(want->program);
    cr_assert(jgi_outgoing_add(&caller->outgoing, want, caller->program_fd, caller->program_size),
              "it wants what is no part of the program");
    pump(caller);
    return true;
}

struct t_frame *t_caller_next(struct t_caller *caller)
{
    struct t_frame *frame = NULL;
    jgi_loop_lock(caller->loop);
    while (frame == NULL) {
        while (caller->connection != NULL && jgi_list_is_empty(&caller->frames))
            wait_for_news(caller);
        if (jgi_list_is_empty(&caller->frames)) break;
        frame = JGI_OWNER(caller->frames.next, struct t_frame, link);
        jgi_list_remove(&frame->link);
        if (!serve_want(caller, &frame->message)) continue;
        t_frame_free(frame);
        frame = NULL;
    }
    jgi_loop_unlock(caller->loop);
    return frame;
}

struct t_frame *t_caller_expect(struct t_caller *caller, enum jgi_message_kind kind,
                                uint64_t number)
{
    struct t_frame *frame = t_caller_next(caller);
    cr_assert_not_null(frame, "the link has ended: %s", caller->why);
    cr_assert_eq(frame->message.kind, kind, "frame of kind %d instead of %d: %s",
                 (int)frame->message.kind, (int)kind,
                 frame->message.text == NULL ? "" : frame->message.text);
    cr_assert_eq(frame->message.number, number);
    return frame;
}

struct t_frame *t_caller_await(struct t_caller *caller, enum jgi_message_kind kind, uint64_t number)
{
    for (;;) {
        struct t_frame *frame = t_caller_next(caller);
        cr_assert_not_null(frame, "the link has ended: %s", caller->why);
        if (frame->message.kind == kind && frame->message.number == number) return frame;
        t_frame_free(frame);
    }
}

void t_caller_await_end(struct t_caller *caller, jg_status status)
{
    struct t_frame *frame;
    while ((frame = t_caller_next(caller)) != NULL)
        t_frame_free(frame);
    cr_expect_eq(caller->end_status, status, "ended by %d: %s", (int)caller->end_status,
                 caller->why);
}

/* One call under way. */
struct call {
    struct t_caller *caller;
    struct jgi_message start;
    struct jgi_payload args;
    struct jgi_outcome outcome;
    struct jgi_incoming incoming;
    bool is_over;
};

static void take_result(struct call *call, const struct jgi_message *result)
{
    struct jgi_payload *payload = &call->outcome.result;
    if (call->incoming.size > 0) return; /* again */
    call->outcome.status = (jg_status)result->status;
    if (result->text != NULL) call->outcome.cause = strdup(result->text);
    if (result->last_output != NULL) call->outcome.last_output = strdup(result->last_output);
    payload->message = copy(result->body, result->body_size);
    payload->message_size = result->body_size;
    payload->segments = copy(result->segments, result->segment_count * sizeof *result->segments);
    payload->segment_count = result->segment_count;
    payload->bulk_size = result->bulk_size;
    call->is_over = result->bulk_size == 0;
    if (call->is_over) return;
    payload->bulk_fd = jgi_fd_memfd("test");
    call->incoming = (struct jgi_incoming){.object = JGI_OBJECT_RESULT,
                                           .number = result->number,
                                           .fd = payload->bulk_fd,
                                           .size = result->bulk_size};
}

static void take_frame(struct call *call, const struct jgi_message *message)
{
    struct t_caller *caller = call->caller;
    bool is_own = message->number == call->start.number;
    if (message->kind == JGI_MESSAGE_WANT && message->object == JGI_OBJECT_PROGRAM) {
        t_caller_send(caller, &call->start); /* it is there, or will not be */
    } else if (message->kind == JGI_MESSAGE_WANT) {
        cr_assert(is_own && message->object == JGI_OBJECT_ARGS && call->args.bulk_fd >= 0);
        jgi_loop_lock(caller->loop);
        cr_assert(
            jgi_outgoing_add(&caller->outgoing, message, call->args.bulk_fd, call->args.bulk_size));
        pump(caller);
        if (message->offset + message->size == call->args.bulk_size) {
            while (!jgi_list_is_empty(&caller->outgoing.ranges) && caller->connection != NULL)
                wait_for_news(caller);
            (void)jgi_connection_send(caller->connection, &call->start);
        }
        jgi_loop_unlock(caller->loop);
    } else if ((message->kind == JGI_MESSAGE_RESULT || message->kind == JGI_MESSAGE_REFUSED) &&
               is_own) {
        take_result(call, message);
    } else if (message->kind == JGI_MESSAGE_WAITING && is_own) {
        caller->waited_count++;
    } else if (message->kind == JGI_MESSAGE_PIECE && is_own) {
        int taken = jgi_incoming_take(&call->incoming, message);
        cr_assert(taken >= 0);
        call->is_over = taken > 0;
    }
    if (call->incoming.size > 0 && !call->is_over) {
        jgi_loop_lock(caller->loop);
        if (caller->connection != NULL)
            (void)jgi_incoming_want(&call->incoming, caller->connection, 1);
        jgi_loop_flush(caller->loop);
        jgi_loop_unlock(caller->loop);
    }
}

jg_status t_caller_run(struct t_caller *caller, const char *name, const void *args, void *ret_value,
                       char *ret_cause)
{
    const struct jgi_job *job = t_job(name);
    size_t rooms[ROOMS] = {0};
    char *text = NULL;
    struct call call = {.caller = caller,
                        .start = start_of(caller, job, caller->next_number++),
                        .args = JGI_PAYLOAD_INIT,
                        .outcome = JGI_OUTCOME_INIT};
    cr_assert_eq(jgi_encode_args(job, args, rooms, &call.args, &text), JG_OK, "%s", text);
    call.start.body = call.args.message;
    call.start.body_size = call.args.message_size;
    call.start.segments = call.args.segments;
    call.start.segment_count = call.args.segment_count;
    call.start.bulk_size = call.args.bulk_fd >= 0 ? call.args.bulk_size : 0;
    t_caller_send(caller, &call.start);
    while (!call.is_over) {
        struct t_frame *frame = t_caller_next(caller);
        if (frame == NULL) return JG_ENODE;
        take_frame(&call, &frame->message);
        t_frame_free(frame);
    }
    if (!caller->is_greedy) {
        t_caller_send(caller, &(struct jgi_message){.kind = JGI_MESSAGE_RELEASE,
                                                    .number = call.start.number,
                                                    .floor = 1});
        t_frame_free(t_caller_await(caller, JGI_MESSAGE_RELEASED, call.start.number));
    }
    jg_status status = call.outcome.status;
    if (status == JG_OK) {
        status = jgi_decode_result(job, &call.outcome.result, args, rooms, ret_value, &text);
        cr_expect_eq(status, JG_OK, "%s", text);
    }
    if (ret_cause != NULL)
        (void)snprintf(ret_cause, 200, "%s", call.outcome.cause == NULL ? "" : call.outcome.cause);
    free(text);
    jgi_payload_fini(&call.args);
    jgi_outcome_fini(&call.outcome);
    return status;
}

void t_caller_await_lines(struct t_caller *caller, int stream, unsigned count)
{
    jgi_loop_lock(caller->loop);
    for (;;) {
        unsigned seen = 0;
        for (const char *at = caller->said[stream]; *at != '\0'; at++)
            seen += *at == '\n';
        if (seen >= count) break;
        wait_for_news(caller);
    }
    jgi_loop_unlock(caller->loop);
}
