/* SPDX-License-Identifier: MIT */
/* What generated code decodes: arguments that anybody sent, in the worker, and the result that a
 * worker sent, in the caller. They are taken or refused with a status of the contract, and a
 * refused result has touched nothing.
 *
 * What is allocated is bounded by what has come, but for the rooms that arguments ask for: those
 * are of any size that was told; where there is no memory for them it is JG_ENOMEM.
 *
 * Byte 0: the job. Byte 1: 1 for a result, plus twice the number of arrays in the memfd (up to 3).
 * Four bytes for each of these: field, page, size. The rest is the message. */
#include "asked.h"
#include "codec_jobs.h"
#include "job_named.h"
#include "jobs.h"
#include "wire/codec.h"

#include "base/fd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum {
    ASKED_MIN = 64 * 1024, /* by a step whatever has come */
    ASKED_PER_BYTE = 1024, /* a record of a message takes two bytes there, and two structs here */
    PAGE = 4096,
    BULK_PAGES = 8,
    BULK_SIZE = BULK_PAGES * PAGE,
    SEGMENTS_MAX = 3,
    ROOMS_MAX = 64
};

/* Where the outputs of the calls below are. */
static struct outputs {
    double numbers[40];
    unsigned char bytes[32];
    char text[32];
    unsigned long length;
    struct point points[4];
    struct buffer buffer;
    int16_t i16[4];
    uint16_t u16[4];
    bool flags[4];
    int moods[4];
    unsigned long long wide[4];
    size_t count;
    void *received[4]; /* to be freed */
} outputs, pristine = {.bytes = "1234567", .text = "text", .length = 8, .buffer = {3, 4}};

static const struct shape shapes_in[3];
static const struct tight tight_in;
static const struct loose loose_in;
static const struct point point_in;
static const struct buffer buffer_in = {2, 3};
static const int ints[8] = {1, 2, 3};
static const unsigned long long wide_in[4] = {1, 2, 3};
static const short short_in = 2;
static const long longs[2] = {4, 5};
static const char *const texts_in[] = {"a", "", "text"};

#define AT(index) ((void *)&outputs.numbers[index])
#define AT_RECEIVED(index) ((void *)&outputs.received[index])
#define CALL(job_name, ...)                                                                        \
    {                                                                                              \
        .name = #job_name, .args = &(const struct job_name##_args)                                 \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define CALL_ROOM(job_name, ...)                                                                   \
    {                                                                                              \
        .name = #job_name, .args = &(const struct job_name##_args){__VA_ARGS__},                   \
        .has_told_room = true                                                                      \
    }
#define CALL_OWNED(job_name, ...)                                                                  \
    {                                                                                              \
        .name = #job_name, .args = &(const struct job_name##_args){__VA_ARGS__}, .is_owned = true  \
    }

static const struct call {
    const char *name;
    const void *args;
    bool is_owned;      /* the value is to be freed */
    bool has_told_room; /* its arguments say how much is allocated */
} calls[] = {
    CALL(nothing, 0),
    CALL(scalars, .c = AT(0), .sc = AT(1), .uc = AT(2), .s = AT(3), .us = AT(4), .i = AT(5),
         .u = AT(6), .l = AT(7), .ul = AT(8), .ll = AT(9), .ull = AT(10), .f = AT(11), .d = AT(12),
         .b = AT(13), .m = AT(14), .v = AT(15)),
    CALL(same_double, .a = 1),
    CALL(next_vast, .a = 1),
    CALL(turned, shapes_in, &point_in, outputs.points),
    CALL(packed, &tight_in),
    CALL_ROOM(search, shapes_in, 3, outputs.points),
    CALL_ROOM(transpose, 2, 2, (const double *)wide_in, AT(0)),
    CALL(bump, outputs.bytes, 8),
    CALL_ROOM(arrays, 3, (const int16_t *)ints, (const uint16_t *)ints, (const bool *)shapes_in,
              ints, wide_in, outputs.i16, outputs.u16, outputs.flags, outputs.moods, outputs.wide),
    CALL_ROOM(squeeze, outputs.bytes, &outputs.length, (const unsigned char *)"source", 6),
    CALL_ROOM(reply, 3, outputs.bytes, 8),
    CALL_ROOM(fill_none, AT(0), 4),
    CALL_OWNED(doubled, "text"),
    CALL_OWNED(counted, 3, &outputs.count),
    CALL_OWNED(line, 3),
    CALL_OWNED(one_point, true),
    CALL_OWNED(one_short, true),
    CALL_OWNED(flags_of, &buffer_in),
    CALL_ROOM(name_of, 3, outputs.text, sizeof outputs.text),
    CALL_ROOM(shout, outputs.text, sizeof outputs.text),
    CALL_ROOM(extents, 2, 2, ints, "abc", &buffer_in, &short_in, longs, &outputs.buffer, AT(0)),
    CALL(ones, AT(0), AT(1), &short_in),
    CALL(volatiles, 3, outputs.moods, (const uint16_t *)ints),
    CALL(value, .in = ints, .out = 3),
    CALL(count, 0),
    CALL(a_1, &loose_in),
    CALL_OWNED(shapes, shapes_in, 3),
    CALL(words, 3, texts_in),
    CALL_ROOM(given, "text", outputs.points, outputs.moods, 4, outputs.i16, outputs.text),
    CALL(receive, "from", 4, &outputs.received[0], &outputs.count, AT_RECEIVED(1), AT_RECEIVED(2),
         AT_RECEIVED(3)),
};

enum { CALL_COUNT = sizeof calls / sizeof *calls };

static void check_asked(const struct jgi_payload *payload)
{
    size_t size = payload->message_size;
    for (size_t i = 0; i < payload->segment_count; i++)
        size += payload->segments[i].size;
    if (t_asked > ASKED_MIN + ASKED_PER_BYTE * size) abort();
}

static bool is_refusal(jg_status status)
{
    return status == JG_EARGS || status == JG_EPROTOCOL || status == JG_ENOMEM;
}

static void run(const struct jgi_job *job, const struct call *call, const struct jgi_payload *args)
{
    struct jgi_payload result = JGI_PAYLOAD_INIT;
    char *text = NULL;
    t_asked = 0;
    jg_status status = jgi_run_job(job, args, &result, &text);
    if (!call->has_told_room) check_asked(args);
    if (status != JG_OK && !is_refusal(status)) abort();
    free(text);
    jgi_payload_fini(&result);
}

static void decode(const struct jgi_job *job, const struct call *call,
                   const struct jgi_payload *result)
{
    static const struct value {
        _Alignas(32) unsigned char bytes[512];
    } untouched;
    struct value value = untouched;
    struct jgi_payload args = JGI_PAYLOAD_INIT;
    size_t rooms[ROOMS_MAX];
    char *text = NULL;
    outputs = pristine;
    if (job->room_count > ROOMS_MAX) abort();
    if (jgi_encode_args(job, call->args, rooms, &args, &text) != JG_OK) abort();
    struct outputs before = outputs;
    t_asked = 0;
    jg_status status = jgi_decode_result(job, result, call->args, rooms, &value, &text);
    check_asked(result);
    if (status == JG_OK && call->is_owned) {
        void *owned;
        memcpy(&owned, &value, sizeof owned);
        free(owned);
    }
    for (size_t i = 0; status == JG_OK && i < sizeof outputs.received / sizeof(void *); i++)
        free(outputs.received[i]);
    if (status != JG_OK && (!is_refusal(status) || memcmp(&before, &outputs, sizeof outputs) != 0 ||
                            memcmp(&value, &untouched, sizeof value) != 0))
        abort();
    free(text);
    jgi_payload_fini(&args);
    jgi_forget_rooms(job, rooms);
}

/* Segments as frame.c lets them pass; how many bytes of the input they took. */
static size_t read_segments(const uint8_t *bytes, size_t size, size_t count,
                            struct jgi_payload *payload)
{
    size_t at = 0;
    for (; payload->segment_count < count && at + 4 <= size; at += 4) {
        struct jgi_segment *segment = &payload->segments[payload->segment_count++];
        uint64_t offset = bytes[at + 1] % BULK_PAGES * PAGE;
        uint64_t wanted = (uint64_t)bytes[at + 2] | (uint64_t)bytes[at + 3] << 8;
        *segment =
            (struct jgi_segment){.field = bytes[at],
                                 .offset = offset,
                                 .size = wanted > BULK_SIZE - offset ? BULK_SIZE - offset : wanted};
    }
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int bulk_fd = -1;
    struct jgi_segment segments[SEGMENTS_MAX];
    struct jgi_payload payload = JGI_PAYLOAD_INIT;
    if (size < 2) return 0;
    if (bulk_fd < 0) bulk_fd = jgi_fd_memfd("fuzz");
    if (bulk_fd < 0 || ftruncate(bulk_fd, BULK_SIZE) != 0) abort();
    const struct call *call = &calls[bytes[0] % CALL_COUNT];
    const struct jgi_job *job = t_job_named(call->name);
    payload.segments = segments;
    size_t at = 2 + read_segments(bytes + 2, size - 2, bytes[1] / 2 % (SEGMENTS_MAX + 1), &payload);
    if (payload.segment_count > 0) {
        payload.bulk_fd = bulk_fd;
        payload.bulk_size = BULK_SIZE;
    }
    payload.message_size = size - at;
    payload.message = malloc(size - at + 1);
    if (payload.message == NULL) abort();
    memcpy(payload.message, bytes + at, size - at);
    if (bytes[1] % 2 == 0)
        run(job, call, &payload);
    else
        decode(job, call, &payload);
    free(payload.message);
    return 0;
}
