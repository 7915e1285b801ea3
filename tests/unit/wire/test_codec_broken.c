/* SPDX-License-Identifier: MIT */
/* Where the other side lies: what was encoded is broken on its way, and is refused, or is another
 * value; nothing is given in part, nothing is leaked, no memory but one's own is touched. */
#include "wire/codec.h"

#include "codec_call.h"
#include "jobs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void flip(uint8_t *bytes, size_t size, uint64_t *random)
{
    for (int i = 0; size && i < 3; i++) {
        *random ^= *random << 13, *random ^= *random >> 7, *random ^= *random << 17;
        bytes[*random % size] ^= (uint8_t)(*random >> 32);
    }
}

/* A payload that is the caller's, broken in some way. */
static void break_payload(struct jgi_payload *payload, uint64_t *random)
{
    flip(payload->message, payload->message_size, random);
    *random ^= *random << 13, *random ^= *random >> 7, *random ^= *random << 17;
    if (payload->message_size && *random % 4 == 0) payload->message_size -= *random % 3;
    if (payload->segment_count && *random % 3 == 0)
        flip((uint8_t *)&payload->segments[*random % payload->segment_count],
             sizeof *payload->segments, random);
    if (payload->segment_count && *random % 16 == 0)
        payload->segments[0].field = (uint32_t)(*random >> 60);
}

static void expect_safe(const char *name, const void *args, void *value, size_t value_size,
                        int rounds)
{
    uint64_t random = UINT64_C(0x9e3779b97f4a7c15);
    char untouched[512];
    cr_assert_leq(value_size, sizeof untouched);
    for (int i = 0; i < rounds; i++) {
        struct t_call call = t_call_new(name, args);
        cr_assert_eq(t_call_encode(&call), JG_OK);
        bool breaks_args = i % 2;
        if (breaks_args) break_payload(&call.in, &random);
        jg_status status = t_call_run(&call);
        cr_expect(status == JG_OK || (breaks_args && status == JG_EPROTOCOL), "%s: %d", name,
                  (int)status);
        if (status == JG_OK) {
            memset(value, 0x5a, value_size);
            memcpy(untouched, value, value_size);
            if (!breaks_args) break_payload(&call.out, &random);
            status = t_call_decode(&call, value);
            cr_expect(status == JG_OK || status == JG_EPROTOCOL, "%s: %d", name, (int)status);
            if (status != JG_OK) cr_expect_eq(memcmp(untouched, value, value_size), 0);
        }
        t_call_fini(&call);
    }
}

Test(codec_broken, broken_messages_harm_nobody)
{
    enum { BULK = 9000 };
    struct shape shape = t_some_shape(), turned;
    struct point by = {0}, last = {0};
    expect_safe("turned", &(struct turned_args){.s = &shape, .by = &by, .last = &last}, &turned,
                sizeof turned, 4000);
    int16_t *i16 = calloc(BULK, sizeof *i16), *to_i16 = calloc(BULK, sizeof *i16);
    uint16_t *u16 = calloc(BULK, sizeof *u16), *to_u16 = calloc(BULK, sizeof *u16);
    bool *flags = calloc(BULK, 1), *to_flags = calloc(BULK, 1);
    int *moods = calloc(BULK, sizeof *moods), *to_moods = calloc(BULK, sizeof *moods);
    unsigned long long *wide = calloc(BULK, sizeof *wide), *to_wide = calloc(BULK, sizeof *wide);
    struct arrays_args arrays = {.n = 40,
                                 .i16 = i16,
                                 .u16 = u16,
                                 .flags = flags,
                                 .wide = wide,
                                 .moods = moods,
                                 .to_i16 = to_i16,
                                 .to_u16 = to_u16,
                                 .to_flags = to_flags,
                                 .to_wide = to_wide,
                                 .to_moods = to_moods};
    expect_safe("arrays", &arrays, to_wide, 320, 4000);
    arrays.n = BULK;
    expect_safe("arrays", &arrays, to_wide, 512, 300);
    struct shape many[20] = {{.mood = CALM}};
    struct point found[20];
    expect_safe("search", &(struct search_args){.all = many, .n = 20, .found = found}, found,
                sizeof found, 4000);
    char line[16] = "hello";
    expect_safe("shout", &(struct shout_args){.line = line, .room = 0}, line, sizeof line, 200);
    free(i16), free(to_i16), free(u16), free(to_u16), free(flags), free(to_flags);
    free(wide), free(to_wide), free(moods), free(to_moods);
}

Test(codec_broken, broken_owned_results_leak_nothing_and_give_nothing)
{
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 3000; i++) {
        size_t n = 77;
        int untouched, *value = &untouched;
        struct counted_args args = {.wanted = i % 50, .n = &n};
        struct t_call call = t_call_new("counted", &args);
        cr_assert_eq(t_call_encode(&call), JG_OK);
        cr_assert_eq(t_call_run(&call), JG_OK);
        break_payload(&call.out, &random);
        if (t_call_decode(&call, &value) == JG_OK) {
            free(value);
        } else {
            cr_expect_eq(value, &untouched);
            cr_expect_eq(n, 77);
        }
        t_call_fini(&call);
    }
}

/* Each way to break them, and none: nothing is given, or all. */
Test(codec_broken, broken_received_memory_leaks_nothing_and_gives_nothing)
{
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 6000; i++) {
        size_t copied = 77;
        void *copy = &random;
        struct point *at = (void *)&random;
        const char *text = "as it was";
        short *step = (void *)&random;
        struct receive_args args = {.from = "some text",
                                    .n = (size_t)i % 10,
                                    .copy = &copy,
                                    .copied = &copied,
                                    .at = &at,
                                    .text = &text,
                                    .step = i % 3 ? &step : NULL};
        struct t_call call = t_call_new("receive", &args);
        cr_assert_eq(t_call_encode(&call), JG_OK);
        cr_assert_eq(t_call_run(&call), JG_OK);
        if (i >= 20) break_payload(&call.out, &random);
        jg_status status = t_call_decode(&call, NULL);
        cr_expect(status == JG_OK || (i >= 20 && status == JG_EPROTOCOL));
        if (status == JG_OK) {
            if (i < 20) {
                cr_expect_eq(copied, args.n);
                cr_expect(copied ? memcmp(copy, "some text", copied) == 0 : copy == NULL);
                cr_expect(signbit(at[1].y));
                cr_expect(copied ? strlen(text) == copied : text == NULL);
                if (args.step) cr_expect_eq(*step, -5);
            }
            free(copy), free(at), free((void *)text);
            if (args.step) free(step);
        } else {
            cr_expect(copy == &random && at == (void *)&random && copied == 77);
            cr_expect_str_eq(text, "as it was");
            cr_expect(step == (void *)&random);
        }
        t_call_fini(&call);
    }
}

Test(codec_broken, broken_optional_values_harm_nobody)
{
    const char *const texts[] = {"one", "", "two"};
    struct point at = {0};
    int number = 0, kinds = 0;
    short steps[40] = {0};
    char name[40] = "";
    size_t sum;
    struct given_args args = {
        .text = "text", .at = &at, .number = &number, .n = 40, .steps = steps, .name = name};
    expect_safe("given", &args, &kinds, sizeof kinds, 6000);
    args = (struct given_args){.n = 40};
    expect_safe("given", &args, &kinds, sizeof kinds, 2000);
    expect_safe("words", &(struct words_args){.n = 3, .texts = texts}, &sum, sizeof sum, 3000);
}

Test(codec_broken, an_owned_length_that_does_not_fit_its_array_is_refused)
{
    size_t n = 5;
    int *value = NULL;
    struct counted_args args = {.wanted = 4, .n = &n};
    struct t_call call = t_call_new("counted", &args);
    cr_assert_eq(t_call_encode(&call), JG_OK);
    cr_assert_eq(t_call_run(&call), JG_OK);
    cr_assert_eq(call.out.message[0], 2 << 3, "the length comes first");
    call.out.message[1] = 5;
    cr_expect_eq(t_call_decode(&call, &value), JG_EPROTOCOL);
    cr_expect_null(value);
    t_call_fini(&call);
}

/* A result whose only segment was made by `change`. */
static jg_status decode_changed(void (*change)(struct jgi_payload *payload))
{
    enum { N = 100 * 1000 };
    int *data = malloc(N * sizeof *data);
    memset(data, 0x5a, N * sizeof *data);
    struct fill_none_args args = {.data = data, .n = N};
    struct t_call call = t_call_new("fill_none", &args);
    cr_assert_eq(t_call_encode(&call), JG_OK);
    cr_assert_eq(t_call_run(&call), JG_OK);
    cr_assert_eq(call.out.segment_count, 1);
    change(&call.out);
    jg_status status = t_call_decode(&call, NULL);
    for (size_t i = 0; status != JG_OK && i < N; i++)
        cr_assert_eq(data[i], 0x5a5a5a5a);
    t_call_fini(&call);
    free(data);
    return status;
}

static void use_small_file(struct jgi_payload *payload)
{
    (void)close(payload->bulk_fd);
    payload->bulk_fd = memfd_create("small", MFD_ALLOW_SEALING);
    cr_assert_eq(ftruncate(payload->bulk_fd, 8192), 0);
}

static void use_sealed_file(struct jgi_payload *payload)
{
    (void)close(payload->bulk_fd);
    payload->bulk_fd = memfd_create("unsealable", 0);
    cr_assert_eq(ftruncate(payload->bulk_fd, 1 << 20), 0);
}

static void enlarge_segment(struct jgi_payload *payload)
{
    payload->segments[0].size += 4;
}

static void wrap_segment(struct jgi_payload *payload)
{
    payload->segments[0].offset = UINT64_MAX - 4095;
}

static void move_segment(struct jgi_payload *payload)
{
    payload->segments[0].offset = 1;
}

static void rename_segment(struct jgi_payload *payload)
{
    payload->segments[0].field = 9;
}

static void make_message(struct jgi_payload *payload)
{
    payload->segments[0].field = 0;
}

static void drop_file(struct jgi_payload *payload)
{
    (void)close(payload->bulk_fd);
    payload->bulk_fd = -1;
}

static void use_pipe(struct jgi_payload *payload)
{
    int ends[2];
    (void)close(payload->bulk_fd);
    cr_assert_eq(pipe(ends), 0);
    (void)close(ends[1]);
    payload->bulk_fd = ends[0];
}

static void leave_alone(struct jgi_payload *payload)
{
    (void)payload;
}

Test(codec_broken, segments_must_lie_in_their_file)
{
    static void (*const changes[])(struct jgi_payload *) = {
        use_small_file, use_sealed_file, enlarge_segment, wrap_segment, move_segment,
        rename_segment, make_message,    drop_file,       use_pipe};
    cr_expect_eq(decode_changed(leave_alone), JG_OK);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        cr_expect_eq(decode_changed(changes[i]), JG_EPROTOCOL, "change %zu", i);
}

Test(codec_broken, a_file_cannot_shrink_once_it_is_looked_at)
{
    enum { N = 100 * 1000 };
    int *data = malloc(N * sizeof *data);
    struct fill_none_args args = {.data = data, .n = N};
    struct t_call call = t_call_new("fill_none", &args);
    cr_assert_eq(t_call_encode(&call), JG_OK);
    cr_assert_eq(t_call_run(&call), JG_OK);
    cr_assert_eq(t_call_decode(&call, NULL), JG_OK);
    cr_expect_neq(ftruncate(call.out.bulk_fd, 0), 0);
    cr_expect_eq(errno, EPERM);
    t_call_fini(&call);
    free(data);
}

Test(codec_broken, a_small_message_cannot_take_much_memory)
{
    /* A megabyte of empty structs, which would be 64 as messages in memory. */
    enum { N = 512 * 1024 };
    struct point found;
    struct search_args args = {.n = 0, .found = &found};
    struct t_call call = t_call_new("search", &args);
    cr_assert_eq(t_call_encode(&call), JG_OK);
    call.in.message = realloc(call.in.message, 2 * N);
    cr_assert_not_null(call.in.message);
    for (size_t i = 0; i < N; i++) {
        call.in.message[2 * i] = 1 << 3 | 2;
        call.in.message[2 * i + 1] = 0;
    }
    call.in.message_size = 2 * N;
    cr_expect_eq(t_call_run(&call), JG_EPROTOCOL);
    t_call_fini(&call);
}
