/* SPDX-License-Identifier: MIT */
/* Peers that break the protocol are dismissed, and others are served as before. */
#include "stage.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

TestSuite(node_peers, .init = set_up, .fini = tear_down);

/* Another caller's work goes on. */
static void must_serve_others(void)
{
    if (!other.is_open) cr_assert(t_caller_dial(&other, node.address, 0), "%s", other.why);
    ship(&other);
}

static void must_be_dismissed(const char *what, const struct jgi_message *message)
{
    caller.incarnation++; /* another caller */
    caller.dial_count = 0;
    dial();
    ship(&caller);
    t_caller_send(&caller, message);
    t_caller_await_end(&caller, JG_EPROTOCOL);
    cr_expect_eq(caller.end_status, JG_EPROTOCOL, "%s", what);
    must_serve_others();
}

Test(node_peers, dismisses_peers_that_send_what_is_none_of_theirs)
{
    static const enum jgi_message_kind kinds[] = {
        JGI_MESSAGE_ACCEPTED, JGI_MESSAGE_NEED,     JGI_MESSAGE_REFUSED,  JGI_MESSAGE_RUNNING,
        JGI_MESSAGE_RESULT,   JGI_MESSAGE_UNKNOWN,  JGI_MESSAGE_RELEASED, JGI_MESSAGE_WAITING,
        JGI_MESSAGE_OUTPUT,   JGI_MESSAGE_REGISTER, JGI_MESSAGE_NODES,    JGI_MESSAGE_HELLO,
        JGI_MESSAGE_GREETING};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        must_be_dismissed("a kind", &(struct jgi_message){.kind = kinds[i], .number = 77});
}

Test(node_peers, dismisses_peers_whose_starts_make_no_sense)
{
    struct jgi_message good = start_of(&caller, 500), bad;
    struct jgi_segment odd = {.field = 1, .offset = 100, .size = 8};
    bad = good;
    bad.program = NULL;
    must_be_dismissed("no program", &bad);
    bad = good;
    bad.job_name = NULL;
    must_be_dismissed("no job", &bad);
    bad = good;
    bad.number = 0;
    must_be_dismissed("no number", &bad);
    bad = good;
    bad.size = 0;
    must_be_dismissed("no size", &bad);
    bad = good;
    bad.bulk_size = UINT64_MAX;
    must_be_dismissed("too large", &bad);
    bad = good;
    bad.bulk_size = 100000;
    bad.segments = &odd;
    bad.segment_count = 1;
    must_be_dismissed("between pages", &bad);
    odd.offset = 4096 * 100;
    must_be_dismissed("outside", &bad);
}

Test(node_peers, dismisses_peers_that_want_or_send_what_is_not_there)
{
    static const uint8_t byte = 1;
    struct jgi_message want = {.kind = JGI_MESSAGE_WANT, .number = 1, .size = 10};
    for (uint32_t object = 0; object < 6; object++) {
        want.object = object;
        must_be_dismissed("a want", &want);
    }
    struct jgi_message piece = {
        .kind = JGI_MESSAGE_PIECE, .number = 1, .body = &byte, .body_size = 1};
    for (uint32_t object = 0; object < 6; object++) {
        piece.object = object;
        must_be_dismissed("a piece", &piece);
    }
    uint8_t digest[JGI_DIGEST_SIZE] = {1};
    piece.object = JGI_OBJECT_PROGRAM;
    piece.program = digest;
    must_be_dismissed("a piece of an unknown program", &piece);
    piece.program = caller.program;
    must_be_dismissed("a piece of a program that is there", &piece);
}

Test(node_peers, dismisses_pieces_outside_of_what_was_asked_for)
{
    dial();
    begin_shipping(&caller);
    send_piece(&caller, JGI_PIECE_SIZE, 100); /* a gap */
    t_caller_await_end(&caller, JG_EPROTOCOL);
    must_serve_others();
    ship(&other);
    dial();
    struct jgi_message start = start_of(&caller, 900);
    struct jgi_segment segment = {.field = 1, .offset = 4096, .size = 8192};
    start.bulk_size = 3 * 4096;
    start.segments = &segment;
    start.segment_count = 1;
    t_caller_send(&caller, &start);
    t_frame_free(t_caller_await(&caller, JGI_MESSAGE_NEED, 900));
    static uint8_t bytes[4 * 4096];
    t_caller_send(&caller, &(struct jgi_message){.kind = JGI_MESSAGE_PIECE,
                                                 .object = JGI_OBJECT_ARGS,
                                                 .number = 900,
                                                 .body = bytes,
                                                 .body_size = sizeof bytes}); /* too much */
    t_caller_await_end(&caller, JG_EPROTOCOL);
    must_serve_others();
}

Test(node_peers, dismisses_callers_that_start_more_than_their_credits)
{
    dial();
    ship(&caller);
    for (uint32_t i = 0; i <= caller.credits; i++)
        (void)t_caller_start(&caller, "hang");
    t_caller_await_end(&caller, JG_EPROTOCOL);
    must_serve_others();
}

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

/* A frame of any kind whose fields are right, nearly right or odd. */
static void send_some_frame(struct jgi_segment *segment, const uint8_t *body)
{
    static const uint8_t unknown[JGI_DIGEST_SIZE] = {9};
    static const uint64_t odd[] = {0, 1, 2, 3, 4096, 65536, INT64_MAX, UINT64_MAX - 1, UINT64_MAX};
    const struct jgi_job *job = t_job(random_below(2) == 0 ? "square" : "sum");
    uint64_t sizes[4];
    for (int i = 0; i < 4; i++)
        sizes[i] = odd[random_below(sizeof odd / sizeof *odd)];
    *segment = (struct jgi_segment){.field = 1, .offset = 4096, .size = 4096};
    t_caller_send(&caller,
                  &(struct jgi_message){
                      .kind = (enum jgi_message_kind)(
                          random_below(3) == 0 ? (uint32_t)JGI_MESSAGE_START
                                               : 1 + random_below(JGI_MESSAGE_KIND_COUNT - 1)),
                      .number = sizes[0],
                      .floor = random_below(4) == 0 ? sizes[1] : 0,
                      .program = random_below(4) == 0   ? NULL
                                 : random_below(3) == 0 ? unknown
                                                        : caller.program,
                      .size = random_below(3) == 0 ? sizes[2] : caller.program_size,
                      .job = random_below(4) == 0 ? 7 : job->interface_hash,
                      .job_name = job->name,
                      .is_reuse = random_below(2) == 0,
                      .time_left_ms = random_below(3) * 1000,
                      .set_interval_ms = random_below(200),
                      .segments = segment,
                      .segment_count = random_below(2),
                      .bulk_size = random_below(2) == 0 ? 0 : 8192,
                      .object = random_below(5),
                      .offset = sizes[3],
                      .stream = random_below(4),
                      .body = body,
                      .body_size = random_below(300)});
}

Test(node_peers, survives_frames_of_every_kind_in_any_order)
{
    enum { LINKS = 150, FRAMES = 8 };
    static const uint8_t body[300] = {8, 1};
    struct jgi_segment segment;
    for (int i = 0; i < LINKS; i++) {
        if (random_below(2) == 0) caller.incarnation++, caller.dial_count = 0;
        cr_assert(t_caller_dial(&caller, node.address, random_below(2) == 0 ? 0 : caller.session),
                  "%s", caller.why);
        for (int j = 0; j < FRAMES; j++)
            send_some_frame(&segment, body);
        t_caller_send(&caller, &(struct jgi_message){.kind = JGI_MESSAGE_REGISTER});
        struct t_frame *frame; /* the end; its reason may be lost, since frames come on */
        while ((frame = t_caller_next(&caller)) != NULL)
            t_frame_free(frame);
    }
    must_serve_others();
}

/* A socket that is connected to the node. */
static int raw_socket(void)
{
    char host[64];
    unsigned port;
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    cr_assert_eq(sscanf(node.address, "[%60[^]]]:%u", host, &port), 2);
    to.sin6_port = htons((uint16_t)port);
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* False: the node has closed it. */
static bool raw_send(int fd, const struct jgi_message *message, size_t count)
{
    bool is_open = true;
    struct jgi_buffer out = {0};
    for (size_t i = 0; i < count; i++)
        cr_assert(jgi_message_add(&out, message));
    while (is_open && jgi_buffer_size(&out) > 0) {
        ssize_t sent = send(fd, jgi_buffer_data(&out), jgi_buffer_size(&out), MSG_NOSIGNAL);
        is_open = sent > 0;
        if (is_open) jgi_buffer_take(&out, (size_t)sent);
    }
    jgi_buffer_fini(&out);
    return is_open;
}

/* The next frame, in `in`; the caller gives it back. */
static struct jgi_received raw_receive(int fd, struct jgi_buffer *in)
{
    struct jgi_received received;
    size_t size;
    cr_assert_not_null(jgi_buffer_reserve(in, 1));
    while (jgi_message_read(jgi_buffer_data(in), jgi_buffer_size(in), 4096, &received, &size) ==
           0) {
        cr_assert_not_null(jgi_buffer_reserve(in, 1));
        cr_assert_eq(recv(fd, in->bytes + in->end, 1, 0), 1, "the link has ended");
        in->end++;
    }
    return received;
}

/* A link of a caller that reads nothing behind HELLO. */
static int raw_link(void)
{
    struct jgi_buffer in = {0};
    uint8_t proof[JGI_PROOF_SIZE], nonce[JGI_NONCE_SIZE] = {1};
    int fd = raw_socket();
    struct jgi_received greeting = raw_receive(fd, &in);
    cr_assert_eq(greeting.message.kind, JGI_MESSAGE_GREETING);
    jgi_secret_prove(&caller.secret, 'd', nonce, greeting.message.nonce, proof);
    jgi_message_fini(&greeting);
    in.start = in.end = 0;
    cr_assert(raw_send(fd,
                       &(struct jgi_message){.kind = JGI_MESSAGE_HELLO,
                                             .version_min = 1,
                                             .version_max = 1,
                                             .role = JGI_PEER_CALLER,
                                             .incarnation = 77,
                                             .nonce = nonce,
                                             .proof = proof,
                                             .name = "test"},
                       1));
    struct jgi_received hello = raw_receive(fd, &in);
    cr_assert_eq(hello.message.kind, JGI_MESSAGE_HELLO);
    jgi_message_fini(&hello);
    jgi_buffer_fini(&in);
    return fd;
}

/* MiB that the node has had in memory at most. */
static unsigned peak_of_node(void)
{
    char path[64], line[200];
    unsigned kib = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)node.pid);
    FILE *status = fopen(path, "re");
    cr_assert_not_null(status);
    while (kib == 0 && fgets(line, sizeof line, status) != NULL)
        (void)sscanf(line, "VmHWM: %u", &kib);
    (void)fclose(status);
    return kib / 1024;
}

Test(node_peers, fills_no_memory_for_peers_that_ask_and_do_not_read)
{
    enum { COUNT = 1000 * 1000, LOT = 1000, MORE_MIB = 48 };
    unsigned before = peak_of_node();
    int fd = raw_link();
    bool is_open = raw_send(fd, &(struct jgi_message){.kind = JGI_MESSAGE_CANCEL, .number = 1}, 1);
    for (int i = 0; i < COUNT / LOT && is_open; i++) /* it may close a link that takes nothing */
        is_open = raw_send(fd, &(struct jgi_message){.kind = JGI_MESSAGE_ASK, .number = 1}, LOT);
    cr_expect_lt(peak_of_node(), before + MORE_MIB);
    (void)close(fd);
    must_serve_others();
}

Test(node_peers, survives_bytes_that_are_no_frames)
{
    for (int i = 0; i < 100; i++) {
        uint8_t bytes[6000];
        size_t size = random_below(sizeof bytes);
        int fd = raw_socket();
        for (size_t at = 0; at < size; at++)
            bytes[at] = (uint8_t)(i % 2 == 0 && at > 0 && at < 4 ? 0 : random_below(256));
        (void)send(fd, bytes, size, MSG_NOSIGNAL);
        (void)close(fd);
    }
    must_serve_others();
}

Test(node_peers, serves_nobody_with_another_secret)
{
    caller.secret.bytes[0] ^= 1;
    cr_assert_not(t_caller_dial(&caller, node.address, 0));
    cr_assert_eq(caller.end_status, JG_EAUTH, "%s", caller.why);
    must_serve_others();
}
