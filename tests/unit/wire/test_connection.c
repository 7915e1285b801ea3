/* SPDX-License-Identifier: MIT */
/* Links between two ends of this process, over real sockets on loopback. */
#include <criterion/criterion.h>

#include "wait_until.h"
#include "wire/connection.h"
#include "wire/listener.h"

#include <stdio.h>
#include <string.h>

/* What happened at one end. */
struct end {
    struct jgi_connection *connection;
    bool is_open, has_ended, refuses, echoes;
    jg_status status;
    char why[200];
    char hello_name[64];
    size_t message_count, body_bytes;
    struct jgi_message last;
    char last_text[64];
    struct jgi_segment last_segment;
    uint8_t last_body[64];
    bool is_in_order;
};

static struct jgi_loop *loop;
static struct jgi_listener *listener;
static pthread_cond_t changed;
static struct jgi_secret secret, other_secret;
static const struct jgi_secret *acceptor_secret;
static struct end accepted, dialed;
static char text[300];

static void note(void)
{
    (void)pthread_cond_broadcast(&changed);
}

static bool on_hello(struct jgi_connection *connection, void *user, const struct jgi_message *hello,
                     struct jgi_message *answer)
{
    struct end *end = user;
    (void)snprintf(end->hello_name, sizeof end->hello_name, "%s", hello->name);
    end->connection = connection;
    answer->role = JGI_PEER_NODE;
    answer->name = "acceptor";
    answer->status = JG_EFULL;
    answer->text = "too many of you";
    return !end->refuses;
}

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    struct end *end = user;
    (void)connection;
    end->is_open = true;
    (void)snprintf(end->hello_name, sizeof end->hello_name, "%s", hello->name);
    note();
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct end *end = user;
    end->is_in_order = end->is_in_order && message->number == end->message_count + 1;
    end->message_count++;
    end->body_bytes += message->body_size;
    end->last = *message;
    if (message->text != NULL)
        (void)snprintf(end->last_text, sizeof end->last_text, "%s", message->text);
    if (message->segment_count > 0) end->last_segment = message->segments[0];
    if (message->body_size <= sizeof end->last_body && message->body_size > 0)
        memcpy(end->last_body, message->body, message->body_size);
    if (end->echoes) (void)jgi_connection_send(connection, message);
    note();
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct end *end = user;
    (void)connection;
    end->has_ended = true;
    end->status = status;
    end->connection = NULL;
    (void)snprintf(end->why, sizeof end->why, "%s", why);
    note();
}

static const struct jgi_connection_handler handler = {
    .on_hello = on_hello, .on_open = on_open, .on_message = on_message, .on_end = on_end};

static void on_accept(struct jgi_stream *stream, void *user)
{
    struct jgi_connection_config config = {
        .loop = loop, .handler = &handler, .user = &accepted, .secret = acceptor_secret};
    (void)user;
    (void)jgi_connection_accept(&config, stream, NULL);
}

static void set_up(void)
{
    memset(&secret, 7, sizeof secret);
    memset(&other_secret, 8, sizeof other_secret);
    acceptor_secret = &secret;
    accepted = dialed = (struct end){.is_in_order = true};
    cr_assert(jgi_condition_init(&changed));
    loop = jgi_loop_new();
    cr_assert_not_null(loop);
    listener = jgi_listener_new(loop, "[::]:0", on_accept, NULL, text, sizeof text);
    cr_assert_not_null(listener, "%s", text);
}

static void tear_down(void)
{
    jgi_loop_lock(loop);
    if (dialed.connection != NULL) jgi_connection_close(dialed.connection, JG_OK, NULL);
    if (accepted.connection != NULL) jgi_connection_close(accepted.connection, JG_OK, NULL);
    jgi_loop_unlock(loop);
    listener = jgi_listener_free(listener);
}

TestSuite(connection, .init = set_up, .fini = tear_down);

/* Locked afterwards. */
static void dial(const char *host, const struct jgi_secret *dialer_secret)
{
    char address[64];
    struct jgi_connection_config config = {
        .loop = loop, .handler = &handler, .user = &dialed, .secret = dialer_secret};
    struct jgi_message hello = {.role = JGI_PEER_CALLER, .incarnation = 5, .name = "dialer"};
    (void)snprintf(address, sizeof address, "%s:%u", host, jgi_listener_port(listener));
    jgi_loop_lock(loop);
    dialed.connection = jgi_connection_dial(&config, address, &hello);
    cr_assert_not_null(dialed.connection);
    jgi_loop_flush(loop);
}

Test(connection, opens_and_carries_every_field)
{
    uint8_t program[JGI_DIGEST_SIZE] = {1, 2, 3};
    struct jgi_segment segment = {.field = 3, .offset = 4096, .size = 9000};
    dial("127.0.0.1", &secret);
    WAIT_UNTIL(dialed.is_open && accepted.is_open);
    cr_assert_str_eq(dialed.hello_name, "acceptor");
    cr_assert_str_eq(accepted.hello_name, "dialer");
    struct jgi_message start = {.kind = JGI_MESSAGE_START,
                                .number = 1,
                                .floor = UINT64_MAX,
                                .text = "text",
                                .program = program,
                                .job = 0x1122334455667788,
                                .job_name = "square",
                                .is_reuse = true,
                                .is_nested = true,
                                .is_remote = true,
                                .time_left_ms = 7,
                                .set_interval_ms = 100,
                                .segments = &segment,
                                .segment_count = 1,
                                .bulk_size = 4096 + 9000,
                                .signal_number = -3,
                                .exit_code = -1,
                                .body = (const uint8_t *)"body",
                                .body_size = 4};
    cr_assert(jgi_connection_send(dialed.connection, &start));
    jgi_loop_flush(loop);
    WAIT_UNTIL(accepted.message_count == 1);
    cr_assert_eq(accepted.last.kind, JGI_MESSAGE_START);
    cr_assert_eq(accepted.last.floor, UINT64_MAX);
    cr_assert_str_eq(accepted.last_text, "text");
    cr_assert_eq(accepted.last.job, 0x1122334455667788);
    cr_assert(accepted.last.is_reuse && accepted.last.is_nested && accepted.last.is_remote);
    cr_assert_eq(accepted.last.time_left_ms, 7);
    cr_assert_eq(accepted.last.set_interval_ms, 100);
    cr_assert_eq(accepted.last.bulk_size, 13096);
    cr_assert_eq(accepted.last_segment.field, 3);
    cr_assert_eq(accepted.last_segment.offset, 4096);
    cr_assert_eq(accepted.last_segment.size, 9000);
    cr_assert_eq(accepted.last.signal_number, -3);
    cr_assert_eq(accepted.last.exit_code, -1);
    cr_assert_arr_eq(accepted.last_body, "body", 4);
    jgi_loop_unlock(loop);
}

Test(connection, opens_by_ipv6)
{
    dial("[::1]", &secret);
    WAIT_UNTIL(dialed.is_open && accepted.is_open);
    jgi_loop_unlock(loop);
}

Test(connection, carries_much_both_ways_in_order)
{
    enum { COUNT = 64 };
    static uint8_t body[JGI_MESSAGE_BODY_MAX];
    accepted.echoes = true;
    dial("127.0.0.1", &secret);
    WAIT_UNTIL(dialed.is_open);
    for (uint64_t i = 1; i <= COUNT; i++) {
        struct jgi_message piece = {.kind = JGI_MESSAGE_PIECE,
                                    .number = i,
                                    .body = body,
                                    .body_size = i % 2 == 0 ? sizeof body : 1};
        cr_assert(jgi_connection_send(dialed.connection, &piece));
    }
    jgi_loop_flush(loop);
    WAIT_UNTIL(dialed.message_count == COUNT);
    cr_assert(dialed.is_in_order && accepted.is_in_order);
    cr_assert_eq(dialed.body_bytes, COUNT / 2 * (sizeof body + 1));
    jgi_loop_unlock(loop);
}

Test(connection, another_secret_is_refused)
{
    dial("127.0.0.1", &other_secret);
    WAIT_UNTIL(dialed.has_ended && accepted.has_ended);
    cr_assert_eq(dialed.status, JG_EAUTH);
    cr_assert_not_null(strstr(dialed.why, "same user"), "%s", dialed.why);
    cr_assert_str_empty(accepted.hello_name);
    dialed.connection = NULL;
    jgi_loop_unlock(loop);
}

Test(connection, nothing_is_told_to_one_that_proves_nothing)
{
    acceptor_secret = NULL; /* it takes everybody, and cannot prove itself */
    dial("127.0.0.1", &secret);
    WAIT_UNTIL(dialed.has_ended);
    cr_assert_eq(dialed.status, JG_EAUTH);
    cr_assert_not(dialed.is_open);
    WAIT_UNTIL(accepted.has_ended);
    jgi_loop_unlock(loop);
}

Test(connection, the_owner_refuses_with_a_reason)
{
    accepted.refuses = true;
    dial("127.0.0.1", &secret);
    WAIT_UNTIL(dialed.has_ended && accepted.has_ended);
    cr_assert_eq(dialed.status, JG_EFULL);
    cr_assert_str_eq(dialed.why, "too many of you");
    jgi_loop_unlock(loop);
}

Test(connection, close_is_seen_at_the_other_end_with_its_reason)
{
    dial("127.0.0.1", &secret);
    WAIT_UNTIL(dialed.is_open && accepted.is_open);
    jgi_connection_close(accepted.connection, JG_ENODE, "the node ends");
    accepted.connection = NULL;
    jgi_loop_flush(loop);
    WAIT_UNTIL(dialed.has_ended);
    cr_assert_eq(dialed.status, JG_ENODE);
    cr_assert_str_eq(dialed.why, "the node ends");

    jgi_loop_unlock(loop);
}

Test(connection, a_goodbye_commands_no_terminal)
{
    dial("127.0.0.1", &secret);
    WAIT_UNTIL(dialed.is_open && accepted.is_open);
    jgi_connection_close(accepted.connection, (jg_status)12345, "so\033[31m\nlong");
    accepted.connection = NULL;
    jgi_loop_flush(loop);
    WAIT_UNTIL(dialed.has_ended);
    cr_assert_eq(dialed.status, JG_ENODE);
    cr_assert_str_eq(dialed.why, "so?[31m?long");
    jgi_loop_unlock(loop);
}

Test(connection, nobody_listens)
{
    struct jgi_connection_config config = {
        .loop = loop, .handler = &handler, .user = &dialed, .secret = &secret};
    struct jgi_message hello = {.role = JGI_PEER_CALLER};
    jgi_loop_lock(loop);
    dialed.connection = jgi_connection_dial(&config, "127.0.0.1:1", &hello);
    WAIT_UNTIL(dialed.has_ended);
    cr_assert_eq(dialed.status, JG_ENODE);
    const char *bad[] = {"",      "host",   "host:",   "host:x",    "host:70000",
                         "a b:1", "[::1:3", "[::g]:1", "tcp://x:1", "x/y:1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_null(jgi_connection_dial(&config, bad[i], &hello), "%s", bad[i]);
    jgi_loop_unlock(loop);
}

Test(connection, opens_by_name)
{
    dial("localhost", &secret);
    WAIT_UNTIL(dialed.is_open && accepted.is_open);
    jgi_loop_unlock(loop);
}

Test(connection, a_name_of_nobody_ends_it)
{
    dial("nobody.invalid", &secret);
    WAIT_UNTIL(dialed.has_ended);
    cr_assert_eq(dialed.status, JG_ENODE);
    cr_assert_str_not_empty(dialed.why);
    jgi_loop_unlock(loop);
}

/* Dials and closes, while threads that carry bytes wait for the loop's lock: none waits for the
   other for ever. */
Test(connection, dials_end_while_bytes_come, .timeout = 120)
{
    enum { TALKERS = 8, DIALS = 1500 };
    struct end talkers[TALKERS];
    struct jgi_connection_config config = {.loop = loop, .handler = &handler, .secret = &secret};
    struct jgi_message hello = {.role = JGI_PEER_CALLER, .incarnation = 5, .name = "dialer"};
    struct jgi_message word = {.kind = JGI_MESSAGE_ASK, .number = 1};
    char address[64];
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", jgi_listener_port(listener));
    accepted.echoes = true;
    jgi_loop_lock(loop);
    for (int i = 0; i < TALKERS; i++) {
        talkers[i] = (struct end){.echoes = true};
        config.user = &talkers[i];
        talkers[i].connection = jgi_connection_dial(&config, address, &hello);
        cr_assert_not_null(talkers[i].connection);
        WAIT_UNTIL(talkers[i].is_open);
        for (int j = 0; j < 4; j++)
            cr_assert(jgi_connection_send(talkers[i].connection, &word));
    }
    config.user = &dialed;
    for (int i = 0; i < DIALS; i++) {
        struct jgi_connection *one = jgi_connection_dial(&config, address, &hello);
        cr_assert_not_null(one);
        if (i % 3 == 0) {
            WAIT_UNTIL(dialed.is_open || dialed.has_ended);
            dialed = (struct end){.is_in_order = true};
        }
        jgi_connection_close(one, JG_OK, NULL);
        jgi_loop_flush(loop);
    }
    for (int i = 0; i < TALKERS; i++)
        if (!talkers[i].has_ended) jgi_connection_close(talkers[i].connection, JG_OK, NULL);
    jgi_loop_unlock(loop);
}

Test(connection, one_that_looks_for_a_name_can_be_closed)
{
    dial("localhost", &secret);
    jgi_connection_close(dialed.connection, JG_OK, NULL);
    dialed = (struct end){.is_in_order = true};
    jgi_loop_unlock(loop);
    dial("localhost", &secret); /* asked later, so that the first has its answer */
    WAIT_UNTIL(dialed.is_open);
    jgi_loop_unlock(loop);
}

/* A peer that speaks no frames: a stream without a link. */
static void on_raw_open(struct jgi_stream *stream, void *user)
{
    (void)jgi_buffer_add(jgi_stream_out(stream), user, strlen(user));
    jgi_stream_flush(stream);
}

static void on_raw_bytes(struct jgi_stream *stream, void *user, struct jgi_buffer *in)
{
    (void)stream;
    (void)user;
    jgi_buffer_take(in, jgi_buffer_size(in));
}

static bool raw_has_ended;

static void on_raw_end(struct jgi_stream *stream, void *user, const char *why)
{
    (void)stream;
    (void)user;
    (void)why;
    raw_has_ended = true;
    note();
}

static const struct jgi_stream_handler raw = {
    .on_open = on_raw_open, .on_bytes = on_raw_bytes, .on_end = on_raw_end};

static void dial_raw(const char *says)
{
    char address[64];
    raw_has_ended = false;
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", jgi_listener_port(listener));
    jgi_loop_lock(loop);
    cr_assert_not_null(jgi_stream_dial(loop, address, &raw, (void *)(uintptr_t)says));
    jgi_loop_flush(loop);
    WAIT_UNTIL(raw_has_ended && accepted.has_ended);
    jgi_loop_unlock(loop);
}

Test(connection, what_is_no_frame_is_cut)
{
    dial_raw("GET / HTTP/1.1\r\n\r\n");
    cr_assert_eq(accepted.status, JG_EPROTOCOL);
}

Test(connection, silence_before_hello_is_cut)
{
    dial_raw("");
    cr_assert_eq(accepted.status, JG_ENODE);
    cr_assert_not_null(strstr(accepted.why, "HELLO"), "%s", accepted.why);
}

Test(message, every_part_of_a_frame_is_not_whole)
{
    struct jgi_buffer out = {0};
    struct jgi_received received;
    size_t frame_size;
    struct jgi_node_entry node = {
        .name = "n", .address = "h:1", .tags = "", .incarnation = 4, .slots = 2};
    struct jgi_message nodes = {
        .kind = JGI_MESSAGE_NODES, .nodes = &node, .node_count = 1, .revision = 9};
    cr_assert(jgi_message_add(&out, &nodes));
    size_t size = jgi_buffer_size(&out);
    for (size_t part = 0; part < size; part++)
        cr_assert_eq(jgi_message_read(out.bytes, part, size, &received, &frame_size), 0);
    cr_assert_eq(jgi_message_read(out.bytes, size, size, &received, &frame_size), 1);
    cr_assert_eq(frame_size, size);
    cr_assert_eq(received.message.node_count, 1);
    cr_assert_str_eq(received.message.nodes[0].address, "h:1");
    jgi_message_fini(&received);
    cr_assert_eq(jgi_message_read(out.bytes, size, size - 1, &received, &frame_size), -1);
    out.bytes[4] = 0xff; /* the head longer than the frame */
    cr_assert_eq(jgi_message_read(out.bytes, size, size, &received, &frame_size), -1);
    jgi_buffer_fini(&out);
}

Test(message, nodes_that_command_a_terminal_are_refused)
{
    struct jgi_buffer out = {0};
    struct jgi_received received;
    size_t frame_size;
    struct jgi_node_entry node = {.name = "n\033[2J", .address = "h:1", .tags = ""};
    struct jgi_message nodes = {.kind = JGI_MESSAGE_NODES, .nodes = &node, .node_count = 1};
    cr_assert(jgi_message_add(&out, &nodes));
    cr_assert_eq(jgi_message_read(out.bytes, jgi_buffer_size(&out), 4096, &received, &frame_size),
                 -1);
    jgi_buffer_fini(&out);
}

Test(message, segments_outside_of_the_bulk_are_refused)
{
    struct jgi_buffer out = {0};
    struct jgi_received received;
    size_t frame_size;
    struct jgi_segment segment = {.field = 1, .offset = 4096, .size = 2};
    struct jgi_message start = {
        .kind = JGI_MESSAGE_START, .segments = &segment, .segment_count = 1, .bulk_size = 4097};
    cr_assert(jgi_message_add(&out, &start));
    cr_assert_eq(jgi_message_read(out.bytes, jgi_buffer_size(&out), 4096, &received, &frame_size),
                 -1);
    jgi_buffer_fini(&out);
}
