/* SPDX-License-Identifier: MIT */
/* Heads that are written and read by hand are those that protobuf-c writes and reads. */
#include "wire/link.pb-c.h"
#include "wire/message.h"

#include <criterion/criterion.h>
#include <string.h>

static const uint64_t numbers[] = {0, 1, 127, 128, 300, 1ULL << 32, UINT64_MAX >> 1, UINT64_MAX};
enum { NUMBERS = sizeof numbers / sizeof numbers[0], PREFIX = 8 };

static size_t reference(const struct jgi_message *message, uint8_t *to)
{
    Jgi__Head head = JGI__HEAD__INIT;
    head.kind = message->kind;
    head.has_number = message->number != 0;
    head.number = message->number;
    head.has_floor = message->floor != 0;
    head.floor = message->floor;
    head.has_status = message->status != 0;
    head.status = message->status;
    return jgi__head__pack(&head, to);
}

static void expect_both_ways(const struct jgi_message *message)
{
    uint8_t expected[100];
    size_t size = reference(message, expected), frame_size;
    struct jgi_buffer out = {0};
    cr_assert(jgi_message_add(&out, message));
    const uint8_t *frame = out.bytes + out.start;
    cr_assert_eq(jgi_buffer_size(&out), PREFIX + size + message->body_size);
    cr_expect_eq(memcmp(frame + PREFIX, expected, size), 0);
    struct jgi_received received = {0};
    cr_assert_eq(jgi_message_read(frame, jgi_buffer_size(&out), 4096, &received, &frame_size), 1);
    cr_expect_eq(received.message.kind, message->kind);
    cr_expect_eq(received.message.number, message->number);
    cr_expect_eq(received.message.floor, message->floor);
    cr_expect_eq(received.message.status, message->status);
    cr_assert_eq(received.message.body_size, message->body_size);
    if (message->body_size > 0)
        cr_expect_eq(memcmp(received.message.body, message->body, message->body_size), 0);
    jgi_message_fini(&received);
    jgi_buffer_fini(&out);
}

TestSuite(message, .timeout = 90);

Test(message, of_few_numbers_is_as_protobuf_has_it)
{
    for (int kind = JGI_MESSAGE_NONE + 1; kind < JGI_MESSAGE_KIND_COUNT; kind++)
        for (size_t i = 0; i < NUMBERS; i++)
            for (size_t j = 0; j < NUMBERS; j++) {
                struct jgi_message message = {.kind = (enum jgi_message_kind)kind,
                                              .number = numbers[i],
                                              .floor = numbers[j],
                                              .status = (uint32_t)numbers[(i + j) % NUMBERS]};
                expect_both_ways(&message);
                message.body = (const uint8_t *)"body";
                message.body_size = 4;
                expect_both_ways(&message);
            }
}

/* Each other field alone beside the few. */
Test(message, loses_no_other_field)
{
    struct jgi_segment segment = {.field = 1, .offset = 0, .size = 8};
    const struct jgi_message messages[] = {
        {.text = "why"},         {.dial_count = 1},
        {.credits = 1},          {.is_nested = true},
        {.time_left_ms = 1},     {.limit_ms = 1},
        {.bulk_size = 1},        {.object = 1},
        {.offset = 1},           {.size = 1},
        {.signal_number = 1},    {.exit_code = 1},
        {.last_output = "last"}, {.waits = true},
        {.stream = 1},           {.revision = 1},
        {.period_ms = 1},        {.segments = &segment, .segment_count = 1, .bulk_size = 8},
    };
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        struct jgi_message message = messages[i];
        size_t frame_size;
        message.kind = JGI_MESSAGE_RESULT;
        message.number = i + 1;
        struct jgi_buffer out = {0};
        cr_assert(jgi_message_add(&out, &message));
        struct jgi_received received = {0};
        cr_assert_eq(jgi_message_read(out.bytes + out.start, jgi_buffer_size(&out), 4096, &received,
                                      &frame_size),
                     1);
        const struct jgi_message *read = &received.message;
        cr_expect_eq(read->number, i + 1);
        cr_expect(read->text != NULL || read->dial_count || read->credits || read->is_nested ||
                      read->time_left_ms || read->limit_ms || read->bulk_size || read->object ||
                      read->offset || read->size || read->signal_number || read->exit_code ||
                      read->last_output != NULL || read->waits || read->stream || read->revision ||
                      read->period_ms,
                  "the field of message %zu is lost", i);
        jgi_message_fini(&received);
        jgi_buffer_fini(&out);
    }
}

/* Heads of every size up to two bytes, and of random ones: read if and only if protobuf-c reads
   them, and as the same. */
Test(message, is_read_as_protobuf_reads_it)
{
    uint64_t seed = 1;
    for (size_t round = 0; round < 300000; round++) {
        uint8_t frame[PREFIX + 16] = {0}, *head = frame + PREFIX;
        size_t size = round < 65536 ? 2 : 1 + round % 16, frame_size;
        for (size_t i = 0; i < size; i++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            head[i] = (uint8_t)(seed >> 56);
            if (seed >> 40 & 1) head[i] = (uint8_t)(8 * (1 + (seed >> 33 & 3))); /* a tag */
        }
        if (round < 65536) memcpy(head, &(uint16_t){(uint16_t)round}, 2);
        frame[0] = frame[4] = (uint8_t)size;
        Jgi__Head *expected = jgi__head__unpack(NULL, size, head);
        struct jgi_received received = {0};
        int is_read = jgi_message_read(frame, PREFIX + size, 4096, &received, &frame_size);
        if (is_read == 1) {
            cr_assert(expected != NULL);
            cr_assert_eq((uint32_t)received.message.kind, expected->kind);
            cr_assert_eq(received.message.number, expected->number);
            cr_assert_eq(received.message.floor, expected->floor);
            cr_assert_eq(received.message.status, expected->status);
        } else if (expected != NULL) {
            cr_assert(expected->kind == 0 || expected->kind >= JGI_MESSAGE_KIND_COUNT ||
                      expected->base.n_unknown_fields > 0 || size > 2);
        }
        jgi_message_fini(&received);
        if (expected != NULL) jgi__head__free_unpacked(expected, NULL);
    }
}
