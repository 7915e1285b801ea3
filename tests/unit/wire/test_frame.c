/* SPDX-License-Identifier: MIT */
/* Frames come out as they went in, wherever the stream is cut; what is no frame is refused. */
#include "base/fd.h"
#include "wire/frame.h"

#include "../descriptors.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct jgi_payload payload_of(const char *message, size_t segment_count)
{
    struct jgi_payload payload = JGI_PAYLOAD_INIT;
    payload.message_size = strlen(message);
    if (payload.message_size > 0) payload.message = (uint8_t *)strdup(message);
    if (segment_count == 0) return payload;
    payload.segments = calloc(segment_count, sizeof *payload.segments);
    payload.segment_count = segment_count;
    for (size_t i = 0; i < segment_count; i++)
        payload.segments[i] = (struct jgi_segment){
            .field = (uint32_t)i, .offset = 4096 * (i + 1), .size = 4096 - (i & 1)};
    payload.bulk_fd = jgi_fd_memfd("test");
    payload.bulk_size = 4096 * (segment_count + 1);
    return payload;
}

static struct jgi_frame_head head_of(uint32_t kind)
{
    return (struct jgi_frame_head){.kind = kind,
                                   .call = UINT64_C(0x1122334455667788) + kind,
                                   .job = UINT64_C(0x99aabbccddeeff00) - kind,
                                   .run_ns = UINT64_MAX - kind,
                                   .status = 3 * kind,
                                   .claim = 5 * kind,
                                   .timeout_ms = -(int32_t)kind,
                                   .retries = INT32_MIN,
                                   .priority = INT32_MAX,
                                   .where = (uint16_t)(65535 - kind),
                                   .fanout = (uint16_t)kind};
}

static void expect_same(const struct jgi_frame_head *got, uint32_t kind)
{
    struct jgi_frame_head put = head_of(kind);
    cr_expect_eq(got->kind, put.kind);
    cr_expect_eq(got->call, put.call);
    cr_expect_eq(got->job, put.job);
    cr_expect_eq(got->run_ns, put.run_ns);
    cr_expect_eq(got->status, put.status);
    cr_expect_eq(got->claim, put.claim);
    cr_expect_eq(got->timeout_ms, put.timeout_ms);
    cr_expect_eq(got->retries, put.retries);
    cr_expect_eq(got->priority, put.priority);
    cr_expect_eq(got->where, put.where);
    cr_expect_eq(got->fanout, put.fanout);
}

static void expect_payload(const struct jgi_payload *got, const struct jgi_payload *put)
{
    cr_assert_eq(got->message_size, put->message_size);
    if (put->message_size > 0)
        cr_expect_eq(memcmp(got->message, put->message, put->message_size), 0);
    cr_assert_eq(got->segment_count, put->segment_count);
    for (size_t i = 0; i < put->segment_count; i++) {
        cr_expect_eq(got->segments[i].field, put->segments[i].field);
        cr_expect_eq(got->segments[i].offset, put->segments[i].offset);
        cr_expect_eq(got->segments[i].size, put->segments[i].size);
    }
    cr_expect_eq(got->bulk_fd >= 0, put->bulk_fd >= 0);
    if (put->bulk_fd < 0) return;
    cr_expect_eq(t_inode_of(got->bulk_fd), t_inode_of(put->bulk_fd));
    cr_expect_eq(got->bulk_size, put->bulk_size);
}

/* The bytes arrive with that descriptor (-1: none), by a socket. */
static void arrive(struct jgi_frame_reader *reader, const void *bytes, size_t size, int fd)
{
    int pair[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    cr_assert_eq(jgi_fd_send(pair[0], bytes, size, &fd, fd >= 0, MSG_DONTWAIT), (ssize_t)size);
    (void)close(pair[0]);
    int got;
    while ((got = jgi_frame_fill(reader, pair[1], 0)) > 0) {
    }
    cr_assert_eq(got, 0, "then it has ended");
    (void)close(pair[1]);
}

Test(frame, every_kind_and_payload_comes_out_wherever_it_is_cut)
{
    for (uint32_t kind = JGI_FRAME_RUN; kind < JGI_FRAME_KIND_COUNT; kind++) {
        struct jgi_payload payloads[] = {payload_of("", 0), payload_of("message", 0),
                                         payload_of("", 1), payload_of("message", 3)};
        for (int i = 0; i < 4; i++) {
            struct jgi_buffer out = {0};
            struct jgi_frame_head head = head_of(kind);
            cr_assert(jgi_frame_add(&out, &head, &payloads[i]));
            size_t size = jgi_buffer_size(&out);
            for (size_t cut = 1; cut < size; cut++) {
                struct jgi_frame_reader reader = {0};
                struct jgi_frame_head got;
                struct jgi_payload taken;
                arrive(&reader, jgi_buffer_data(&out), cut, payloads[i].bulk_fd);
                cr_assert_eq(jgi_frame_next(&reader, &got, &taken), 0, "cut at %zu", cut);
                arrive(&reader, jgi_buffer_data(&out) + cut, size - cut, -1);
                cr_assert_eq(jgi_frame_next(&reader, &got, &taken), 1, "cut at %zu", cut);
                expect_same(&got, kind);
                expect_payload(&taken, &payloads[i]);
                jgi_payload_fini(&taken);
                cr_assert_eq(jgi_frame_next(&reader, &got, &taken), 0, "nothing is left");
                jgi_frame_reader_fini(&reader);
            }
            jgi_buffer_fini(&out);
            jgi_payload_fini(&payloads[i]);
        }
    }
}

Test(frame, without_a_payload_has_none)
{
    struct jgi_frame_reader reader = {0};
    struct jgi_frame_head head = head_of(JGI_FRAME_WAITING), got;
    struct jgi_payload taken;
    head.size = 77; /* what the caller leaves there does not count */
    head.segment_count = 3;
    head.has_bulk = 1;
    cr_assert(jgi_frame_add(&reader.buffer, &head, NULL));
    cr_assert_eq(jgi_frame_next(&reader, &got, &taken), 1);
    expect_same(&got, JGI_FRAME_WAITING);
    cr_expect(taken.message == NULL && taken.segments == NULL && taken.bulk_fd == -1);
    jgi_frame_reader_fini(&reader);
}

Test(frame, many_in_one_read_come_in_order_with_their_descriptors)
{
    struct jgi_frame_reader reader = {0};
    struct jgi_payload with[3];
    for (size_t i = 0; i < 3; i++) { /* each with its own descriptor, a plain one behind it */
        struct jgi_buffer out = {0};
        struct jgi_frame_head head = head_of(JGI_FRAME_RUN);
        with[i] = payload_of("x", i + 1);
        cr_assert(jgi_frame_add(&out, &head, &with[i]));
        head = head_of(JGI_FRAME_ANSWER);
        cr_assert(jgi_frame_add(&out, &head, NULL));
        arrive(&reader, jgi_buffer_data(&out), jgi_buffer_size(&out), with[i].bulk_fd);
        jgi_buffer_fini(&out);
    }
    cr_expect_eq(reader.fd_count, 3);
    for (size_t i = 0; i < 3; i++) {
        struct jgi_frame_head got;
        struct jgi_payload taken;
        cr_assert_eq(jgi_frame_next(&reader, &got, &taken), 1);
        expect_same(&got, JGI_FRAME_RUN);
        expect_payload(&taken, &with[i]);
        jgi_payload_fini(&taken);
        cr_assert_eq(jgi_frame_next(&reader, &got, &taken), 1);
        expect_same(&got, JGI_FRAME_ANSWER);
        cr_expect_eq(taken.bulk_fd, -1);
        jgi_payload_fini(&with[i]);
    }
    jgi_frame_reader_fini(&reader);
}

Test(frame, fini_closes_what_no_frame_has_claimed)
{
    int before = t_open_count();
    struct jgi_frame_reader reader = {0};
    int fd = jgi_fd_memfd("test");
    for (int i = 0; i < 16; i++)
        arrive(&reader, "x", 1, fd);
    cr_expect_eq(reader.fd_count, 16);
    jgi_frame_reader_fini(&reader);
    (void)close(fd);
    cr_expect_eq(t_open_count(), before);
}

Test(frame, more_than_sixteen_waiting_descriptors_are_refused)
{
    struct jgi_frame_reader reader = {0};
    int pair[2], fd = jgi_fd_memfd("test");
    for (int i = 0; i < 16; i++)
        arrive(&reader, "x", 1, fd);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    cr_assert_eq(jgi_fd_send(pair[0], "x", 1, &fd, 1, 0), 1);
    int before = t_open_count();
    errno = 0;
    cr_expect_eq(jgi_frame_fill(&reader, pair[1], 0), -1);
    cr_expect_eq(errno, EPROTO);
    cr_expect_eq(t_open_count(), before, "it was closed");
    jgi_frame_reader_fini(&reader);
}

Test(frame, fill_tells_what_the_socket_tells)
{
    struct jgi_frame_reader reader = {0};
    int pair[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    errno = 0;
    cr_expect_eq(jgi_frame_fill(&reader, pair[1], MSG_DONTWAIT), -1);
    cr_expect_eq(errno, EAGAIN);
    (void)close(pair[0]);
    cr_expect_eq(jgi_frame_fill(&reader, pair[1], MSG_DONTWAIT), 0);
    jgi_frame_reader_fini(&reader);
}

struct bad_head {
    const char *why;
    struct jgi_frame_head head;
};

static const struct bad_head bad_heads[] = {
    {"no kind", {.kind = 0}},
    {"a kind too many", {.kind = JGI_FRAME_KIND_COUNT}},
    {"a kind from nowhere", {.kind = UINT32_MAX}},
    {"longer than a frame may be", {.kind = JGI_FRAME_RUN, .size = JGI_FRAME_SIZE_MAX + 1}},
    {"as long as can be told", {.kind = JGI_FRAME_RUN, .size = UINT32_MAX}},
    {"two memfds", {.kind = JGI_FRAME_RUN, .has_bulk = 2}},
    {"segments without a memfd",
     {.kind = JGI_FRAME_RUN, .size = sizeof(struct jgi_segment), .segment_count = 1}},
    {"a table longer than the frame",
     {.kind = JGI_FRAME_RUN,
      .size = 2 * sizeof(struct jgi_segment) - 1,
      .segment_count = 2,
      .has_bulk = 1}},
    {"a segment too many",
     {.kind = JGI_FRAME_RUN,
      .size = (JGI_FRAME_SEGMENTS_MAX + 1) * sizeof(struct jgi_segment),
      .segment_count = JGI_FRAME_SEGMENTS_MAX + 1,
      .has_bulk = 1}},
    {"more segments than a product holds",
     {.kind = JGI_FRAME_RUN, .segment_count = UINT32_MAX, .has_bulk = 1}},
};

Test(frame, heads_that_cannot_be_are_refused_before_their_bytes_come)
{
    for (size_t i = 0; i < sizeof bad_heads / sizeof bad_heads[0]; i++) {
        struct jgi_frame_reader reader = {.fds = {jgi_fd_memfd("test")}, .fd_count = 1};
        struct jgi_frame_head got = {0};
        struct jgi_payload taken;
        cr_assert(jgi_buffer_add(&reader.buffer, &bad_heads[i].head, sizeof got));
        for (int again = 0; again < 2; again++) {
            errno = 0;
            cr_expect_eq(jgi_frame_next(&reader, &got, &taken), -1, "%s", bad_heads[i].why);
            cr_expect_eq(errno, EPROTO, "%s", bad_heads[i].why);
        }
        cr_expect_eq(got.kind, 0, "untouched");
        jgi_frame_reader_fini(&reader);
    }
}

Test(frame, the_largest_one_is_taken)
{
    struct jgi_frame_reader reader = {.fds = {jgi_fd_memfd("test")}, .fd_count = 1};
    struct jgi_frame_head head = {.kind = JGI_FRAME_RUN,
                                  .size = JGI_FRAME_SIZE_MAX,
                                  .segment_count = JGI_FRAME_SEGMENTS_MAX,
                                  .has_bulk = 1};
    uint8_t *body = calloc(1, JGI_FRAME_SIZE_MAX);
    struct jgi_payload taken;
    cr_assert(jgi_buffer_add(&reader.buffer, &head, sizeof head));
    cr_assert(jgi_buffer_add(&reader.buffer, body, JGI_FRAME_SIZE_MAX - 1));
    cr_expect_eq(jgi_frame_next(&reader, &head, &taken), 0);
    cr_assert(jgi_buffer_add(&reader.buffer, body, 1));
    cr_assert_eq(jgi_frame_next(&reader, &head, &taken), 1);
    cr_expect_eq(taken.segment_count, JGI_FRAME_SEGMENTS_MAX);
    cr_expect_eq(taken.message_size,
                 JGI_FRAME_SIZE_MAX - JGI_FRAME_SEGMENTS_MAX * sizeof(struct jgi_segment));
    jgi_payload_fini(&taken);
    jgi_frame_reader_fini(&reader);
    free(body);
}

/* One frame with one segment. */
static int next_with_segment(uint64_t offset, uint64_t size, uint64_t bulk_size, bool has_fd)
{
    struct jgi_frame_reader reader = {0};
    struct jgi_frame_head head = {.kind = JGI_FRAME_RESULT,
                                  .size = sizeof(struct jgi_segment),
                                  .segment_count = 1,
                                  .has_bulk = 1,
                                  .bulk_size = bulk_size};
    struct jgi_segment segment = {.field = 1, .offset = offset, .size = size};
    struct jgi_payload taken = JGI_PAYLOAD_INIT;
    if (has_fd) reader.fds[reader.fd_count++] = jgi_fd_memfd("test");
    cr_assert(jgi_buffer_add(&reader.buffer, &head, sizeof head));
    cr_assert(jgi_buffer_add(&reader.buffer, &segment, sizeof segment));
    errno = 0;
    int found = jgi_frame_next(&reader, &head, &taken);
    if (found < 0) cr_expect_eq(errno, EPROTO);
    if (found > 0) jgi_payload_fini(&taken);
    jgi_frame_reader_fini(&reader);
    return found;
}

Test(frame, segments_lie_within_the_bulk)
{
    cr_expect_eq(next_with_segment(4096, 4096, 8192, true), 1);
    cr_expect_eq(next_with_segment(8192, 0, 8192, true), 1, "an empty one at the end");
    cr_expect_eq(next_with_segment(4096, 4097, 8192, true), -1, "one byte too long");
    cr_expect_eq(next_with_segment(8193, 0, 8192, true), -1, "begins behind it");
    cr_expect_eq(next_with_segment(4096, UINT64_MAX, 8192, true), -1, "offset + size overflows");
    cr_expect_eq(next_with_segment(UINT64_MAX, 1, 8192, true), -1, "so too");
}

Test(frame, a_memfd_that_was_told_but_did_not_come_is_refused)
{
    int before = t_open_count();
    cr_expect_eq(next_with_segment(4096, 4096, 8192, false), -1);
    cr_expect_eq(t_open_count(), before);
}
