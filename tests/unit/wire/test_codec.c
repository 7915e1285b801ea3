/* SPDX-License-Identifier: MIT */
/* Generated encode, run and decode functions over real payloads, in this process: what the function
 * is given, what comes back, and what is refused. */
#include "wire/codec.h"

#include "codec_call.h"
#include "jobs.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static jg_status round_trip(const char *name, const void *args, void *ret_value)
{
    struct t_call call = t_call_new(name, args);
    jg_status status = t_call_encode(&call);
    if (status == JG_OK) status = t_call_run(&call);
    if (status == JG_OK) status = t_call_decode(&call, ret_value);
    if (status != JG_OK) {
        cr_expect(call.text != NULL);
        if (call.text) cr_expect(strstr(call.text, name) != NULL, "%s", call.text);
    }
    t_call_fini(&call);
    return status;
}

#define ROUND(name, ret_value, ...) round_trip(#name, &(struct name##_args){__VA_ARGS__}, ret_value)

/* What the sentence of a refused call says. */
static void expect_refused(const char *name, const void *args, const char *sentence)
{
    struct t_call call = t_call_new(name, args);
    cr_expect_eq(t_call_encode(&call), JG_EARGS);
    cr_expect_str_eq(call.text ? call.text : "", sentence);
    cr_expect_eq(call.in.bulk_fd, -1);
    cr_expect_null(call.in.message);
    t_call_fini(&call);
}

#define REFUSED(name, sentence, ...)                                                               \
    expect_refused(#name, &(struct name##_args){__VA_ARGS__}, sentence)

/* ---- values ---- */

Test(codec, a_job_without_values_has_an_empty_message)
{
    struct t_call call = t_call_new("nothing", NULL);
    cr_assert_eq(t_call_encode(&call), JG_OK);
    cr_expect_eq(call.in.message_size, 0);
    cr_expect_null(call.in.message);
    cr_assert_eq(t_call_run(&call), JG_OK);
    cr_expect_eq(t_call_decode(&call, NULL), JG_OK);
    t_call_fini(&call);
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void expect_scalars(bool is_high)
{
    char c = 0;
    signed char sc = 0;
    unsigned char uc = 0;
    short s = 0;
    unsigned short us = 0;
    int i = 0, value = 0;
    unsigned u = 0;
    long l = 0;
    unsigned long ul = 0;
    long long ll = 0;
    unsigned long long ull = 0;
    float f = 0;
    double d = 0;
    bool b = false;
    enum mood m = CALM;
    enum vast v = NEAR;
    struct scalars_args args = {.a0 = is_high ? CHAR_MAX : CHAR_MIN,
                                .a1 = is_high ? SCHAR_MAX : SCHAR_MIN,
                                .a2 = is_high ? UCHAR_MAX : 0,
                                .a3 = is_high ? SHRT_MAX : SHRT_MIN,
                                .a4 = is_high ? USHRT_MAX : 0,
                                .a5 = is_high ? INT_MAX : INT_MIN,
                                .a6 = is_high ? UINT_MAX : 0,
                                .a7 = is_high ? LONG_MAX : LONG_MIN,
                                .a8 = is_high ? ULONG_MAX : 0,
                                .a9 = is_high ? LLONG_MAX : LLONG_MIN,
                                .a10 = is_high ? ULLONG_MAX : 0,
                                .a11 = is_high ? INFINITY : -0.0f,
                                .a12 = is_high ? 5e-324 : -0.0,
                                .a13 = is_high,
                                .a14 = is_high ? 12345 : -1,
                                .a15 = is_high ? UINT64_MAX : FAR,
                                .c = &c,
                                .sc = &sc,
                                .uc = &uc,
                                .s = &s,
                                .us = &us,
                                .i = &i,
                                .u = &u,
                                .l = &l,
                                .ul = &ul,
                                .ll = &ll,
                                .ull = &ull,
                                .f = &f,
                                .d = &d,
                                .b = &b,
                                .m = (void *)&m,
                                .v = (void *)&v};
    cr_assert_eq(round_trip("scalars", &args, &value), JG_OK);
    cr_expect_eq(value, 1);
    cr_expect_eq(c, args.a0);
    cr_expect_eq(sc, args.a1);
    cr_expect_eq(uc, args.a2);
    cr_expect_eq(s, args.a3);
    cr_expect_eq(us, args.a4);
    cr_expect_eq(i, args.a5);
    cr_expect_eq(u, args.a6);
    cr_expect_eq(l, args.a7);
    cr_expect_eq(ul, args.a8);
    cr_expect_eq(ll, args.a9);
    cr_expect_eq(ull, args.a10);
    cr_expect_eq(memcmp(&f, &args.a11, sizeof f), 0);
    cr_expect(same_bits(d, args.a12));
    cr_expect_eq(b, args.a13);
    cr_expect_eq((int)m, args.a14);
    cr_expect_eq((uint64_t)v, args.a15);
}

Test(codec, every_scalar_keeps_its_extremes)
{
    expect_scalars(false);
    expect_scalars(true);
}

Test(codec, a_nan_keeps_its_payload)
{
    uint64_t bits = UINT64_C(0xfff0dead0000beef);
    double nan, value = 0;
    memcpy(&nan, &bits, sizeof nan);
    cr_assert_eq(ROUND(same_double, &value, .a = nan), JG_OK);
    cr_expect(same_bits(value, nan));
    cr_expect_eq(ROUND(same_double, NULL, .a = 1), JG_OK, "ret_value may be NULL");
}

Test(codec, records_travel_member_by_member)
{
    struct shape given = t_some_shape(), value;
    struct point by = {1, 2}, last = {10, 20};
    memset(&value, 0, sizeof value);
    cr_assert_eq(ROUND(turned, &value, .s = &given, .by = &by, .last = &last), JG_OK);
    cr_expect_eq(last.x, 11);
    cr_expect_eq(last.y, 20);
    cr_expect_eq(value.corners[1].y, 2);
    cr_expect_eq(value.flags[4], true);
    value.corners[1].y = 0;
    value.flags[4] = false;
    cr_expect_eq(memcmp(&value, &given, sizeof given), 0);
    cr_expect_eq(ROUND(turned, NULL, .s = &given, .by = &by, .last = &last), JG_OK);
}

Test(codec, packed_records_travel_too)
{
    struct tight given, value;
    memset(&given, 0, sizeof given);
    memset(&value, 0, sizeof value);
    given.a = 'a';
    given.b[1] = 0xffffffff;
    given.c.tiny = -1;
    given.d[2] = 65535;
    given.e[1].y = -1.5;
    given.f = 7.5;
    cr_assert_eq(ROUND(packed, &value, .t = &given), JG_OK);
    cr_expect_eq(memcmp(&value, &given, sizeof given), 0);
}

Test(codec, variables_of_generated_code_hide_no_job)
{
    int value = 0, in[1] = {100};
    struct loose loose = {.a = 5};
    cr_expect_eq(ROUND(value, &value, .a = 1, .in = in, .out = 1, .count = 7), JG_OK);
    cr_expect_eq(value, 109);
    cr_expect_eq(round_trip("count", NULL, &value), JG_OK);
    cr_expect_eq(value, 3);
    cr_expect_eq(ROUND(a_1, &value, .a = &loose), JG_OK);
    cr_expect_eq(value, 5);
}

/* ---- arrays ---- */

static void expect_bump(size_t n)
{
    unsigned char *data = malloc(n + 1);
    for (size_t i = 0; i < n; i++)
        data[i] = (unsigned char)(i * 7);
    cr_assert_eq(ROUND(bump, NULL, .data = data, .n = n), JG_OK);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(data[i], (unsigned char)(i * 7 + 1));
    free(data);
}

Test(codec, an_array_goes_in_and_comes_back_at_every_size)
{
    static const size_t sizes[] = {0, 1, 4095, 4096, 65535, 65536, 65537, 200 * 1000, 1 << 22};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        expect_bump(sizes[i]);
    cr_expect_eq(ROUND(bump, NULL, .data = NULL, .n = 0), JG_OK, "NULL holds nothing");
}

Test(codec, two_dimensions_are_transposed)
{
    double in[3][5], out[5][3] = {{0}};
    for (int i = 0; i < 15; i++)
        in[i / 5][i % 5] = i;
    cr_assert_eq(ROUND(transpose, NULL, .r = 3, .c = 5, .in = *in, .out = *out), JG_OK);
    for (int i = 0; i < 15; i++)
        cr_expect_eq(out[i % 5][i / 5], i);
}

static void expect_arrays(size_t n)
{
    size_t all = n + 1;
    int16_t *i16 = calloc(all, sizeof *i16), *to_i16 = calloc(all, sizeof *i16);
    uint16_t *u16 = calloc(all, sizeof *u16), *to_u16 = calloc(all, sizeof *u16);
    bool *flags = calloc(all, sizeof *flags), *to_flags = calloc(all, sizeof *flags);
    unsigned long long *wide = calloc(all, sizeof *wide), *to_wide = calloc(all, sizeof *wide);
    int *moods = calloc(all, sizeof *moods), *to_moods = calloc(all, sizeof *moods);
    for (size_t i = 0; i < n; i++) {
        i16[i] = (int16_t)(i * 31 - 32768);
        u16[i] = (uint16_t)(i * 77);
        flags[i] = i % 3 == 1;
        wide[i] = ULLONG_MAX - i;
        moods[i] = INT_MIN + (int)i;
    }
    struct arrays_args args = {.n = n,
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
    cr_assert_eq(round_trip("arrays", &args, NULL), JG_OK);
    cr_expect_eq(memcmp(i16, to_i16, n * sizeof *i16), 0);
    cr_expect_eq(memcmp(u16, to_u16, n * sizeof *u16), 0);
    cr_expect_eq(memcmp(flags, to_flags, n * sizeof *flags), 0);
    cr_expect_eq(memcmp(wide, to_wide, n * sizeof *wide), 0);
    cr_expect_eq(memcmp(moods, to_moods, n * sizeof *moods), 0);
    free(i16), free(to_i16), free(u16), free(to_u16), free(flags), free(to_flags);
    free(wide), free(to_wide), free(moods), free(to_moods);
}

Test(codec, arrays_of_every_element_travel_inside_and_beside_the_message)
{
    expect_arrays(0);
    expect_arrays(9);
    expect_arrays(40 * 1000); /* some inside, some beside, the message itself in the memfd */
    expect_arrays(100 * 1000);
}

Test(codec, arrays_of_records_travel_and_used_says_how_many)
{
    enum { N = 1500 };
    struct shape *all = calloc(N, sizeof *all);
    struct point *found = calloc(N, sizeof *found);
    for (int i = 0; i < N; i++) {
        all[i].corners[2].x = i;
        found[i].x = -1;
    }
    int value = 0;
    cr_assert_eq(ROUND(search, &value, .all = all, .n = N, .found = found), JG_OK);
    cr_expect_eq(value, N / 2);
    for (int i = 0; i < N; i++)
        cr_assert_eq(found[i].x, i < N / 2 ? i : -1);
    free(all);
    free(found);
}

Test(codec, a_length_behind_a_pointer_is_read_again)
{
    unsigned char source[100], dest[100];
    for (size_t i = 0; i < sizeof source; i++)
        source[i] = (unsigned char)i;
    memset(dest, 'x', sizeof dest);
    unsigned long room = sizeof dest;
    cr_assert_eq(ROUND(squeeze, NULL, .dest = dest, .dest_len = &room, .source = source,
                       .source_len = sizeof source),
                 JG_OK);
    cr_expect_eq(room, 50);
    cr_expect_eq(memcmp(dest, source, 50), 0);
    cr_expect_eq(dest[50], 'x');
}

Test(codec, what_used_says_is_kept_within_the_room)
{
    static const struct {
        long given;
        size_t expected;
    } rows[] = {{-1, 0}, {0, 0}, {4, 4}, {8, 8}, {9, 8}, {LONG_MAX, 8}, {LONG_MIN, 8}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char data[9] = "........";
        long value = 0;
        cr_assert_eq(ROUND(reply, &value, .given = rows[i].given, .data = data, .room = 8), JG_OK);
        cr_expect_eq(value, rows[i].given);
        cr_expect_eq(strspn((char *)data, "r"), rows[i].expected, "given %ld", rows[i].given);
        cr_expect_eq(strlen((char *)data), 8);
    }
}

Test(codec, an_output_that_the_job_leaves_alone_is_zero)
{
    static const size_t sizes[] = {1, 1000, 16384, 100000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int *data = malloc(sizes[s] * sizeof *data);
        memset(data, 0xff, sizes[s] * sizeof *data);
        cr_assert_eq(ROUND(fill_none, NULL, .data = data, .n = sizes[s]), JG_OK);
        for (size_t i = 0; i < sizes[s]; i++)
            cr_assert_eq(data[i], 0);
        free(data);
    }
}

Test(codec, large_arrays_are_not_in_the_message)
{
    enum { N = 1 << 20 };
    unsigned char *data = calloc(1, N);
    struct bump_args args = {.data = data, .n = N};
    struct t_call call = t_call_new("bump", &args);
    cr_assert_eq(t_call_encode(&call), JG_OK);
    cr_expect_lt(call.in.message_size, 32);
    cr_expect_eq(call.in.segment_count, 1);
    cr_expect_eq(call.in.segments[0].field, 1);
    cr_expect_eq(call.in.segments[0].size, N);
    cr_assert_eq(t_call_run(&call), JG_OK);
    cr_expect_eq(call.out.segment_count, 1);
    cr_expect_geq(call.out.bulk_fd, 0);
    t_call_fini(&call);
    free(data);
}

Test(codec, a_large_message_lies_in_the_memfd)
{
    enum { N = 3 * 1000 * 1000 };
    char *text = malloc(N + 1), *value = NULL;
    memset(text, 'u', N);
    text[N] = '\0';
    struct doubled_args args = {.text = text};
    struct t_call call = t_call_new("doubled", &args);
    cr_assert_eq(t_call_encode(&call), JG_OK);
    cr_expect_null(call.in.message);
    cr_expect_eq(call.in.segment_count, 1);
    cr_expect_eq(call.in.segments[0].field, 0);
    cr_assert_eq(t_call_run(&call), JG_OK);
    cr_assert_eq(t_call_decode(&call, &value), JG_OK);
    cr_expect_eq(strlen(value), 2 * (size_t)N);
    free(value);
    t_call_fini(&call);
    free(text);
}

/* ---- strings, owned results ---- */

Test(codec, owned_strings_keep_null_and_every_byte)
{
    char *value = NULL;
    cr_assert_eq(ROUND(doubled, &value, .text = "\xff\xfe z"), JG_OK);
    cr_expect_str_eq(value, "\xff\xfe z\xff\xfe z");
    free(value);
    value = (char *)"before";
    cr_assert_eq(ROUND(doubled, &value, .text = ""), JG_OK);
    cr_expect_null(value);
    cr_expect_eq(ROUND(doubled, NULL, .text = "x"), JG_OK);
}

Test(codec, owned_arrays_have_the_length_that_came_with_them)
{
    static const int sizes[] = {0, 1, 1000, 100000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = 99;
        int *value = NULL;
        cr_assert_eq(ROUND(counted, &value, .wanted = sizes[s], .n = &n), JG_OK);
        cr_assert_not_null(value);
        cr_expect_eq(n, (size_t)sizes[s]);
        for (int i = 0; i < sizes[s]; i++)
            cr_assert_eq(value[i], i);
        free(value);
    }
    size_t n = 99;
    int none, *value = &none;
    cr_assert_eq(ROUND(counted, &value, .wanted = -1, .n = &n), JG_OK);
    cr_expect_null(value);
    cr_expect_eq(n, 0);
}

Test(codec, owned_records_scalars_and_flags_come_back)
{
    struct point *points = NULL;
    cr_assert_eq(ROUND(line, &points, .n = 3), JG_OK);
    cr_expect_eq(points[2].y, 2);
    free(points);
    cr_assert_eq(ROUND(one_point, &points, .is_there = true), JG_OK);
    cr_expect_eq(points->x, 5);
    free(points);
    cr_assert_eq(ROUND(one_point, &points, .is_there = false), JG_OK);
    cr_expect_null(points);
    short *one = NULL;
    cr_assert_eq(ROUND(one_short, &one, .is_there = true), JG_OK);
    cr_expect_eq(*one, -5);
    free(one);
    bool *flags = NULL;
    for (int n = 10; n < 200000; n += 199980) {
        struct buffer buffer = {.len = n};
        cr_assert_eq(ROUND(flags_of, &flags, .b = &buffer), JG_OK);
        for (int i = 0; i < n; i++)
            cr_assert_eq(flags[i], i % 2);
        free(flags);
    }
    struct shape given[2] = {t_some_shape(), t_some_shape()}, *copy = NULL;
    cr_assert_eq(ROUND(shapes, &copy, .all = given, .n = 2), JG_OK);
    cr_expect_eq(memcmp(copy, given, sizeof given), 0);
    free(copy);
}

Test(codec, a_negative_length_of_an_owned_result_is_none)
{
    struct point *points = NULL;
    struct line_args args = {.n = -1};
    struct t_call call = t_call_new("line", &args);
    cr_assert_eq(t_call_encode(&call), JG_OK);
    cr_assert_eq(t_call_run(&call), JG_OK);
    cr_assert_eq(t_call_decode(&call, &points), JG_OK);
    cr_expect_not_null(points);
    free(points);
    t_call_fini(&call);
}

Test(codec, a_string_fills_its_room_up_to_its_end)
{
    char name[8];
    static const struct {
        int number;
        const char *expected;
    } rows[] = {{0, "\0......."}, {3, "xxx\0...."}, {7, "xxxxxxx"}, {8, "xxxxxxxx"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(name, '.', sizeof name);
        cr_assert_eq(ROUND(name_of, NULL, .number = rows[i].number, .name = name, .room = 8),
                     JG_OK);
        cr_expect_eq(memcmp(name, rows[i].expected, sizeof name), 0, "%d", rows[i].number);
    }
    cr_expect_eq(ROUND(name_of, NULL, .number = 1, .name = NULL, .room = 0), JG_OK);
    char line[8] = "hey\0....";
    cr_assert_eq(ROUND(shout, NULL, .line = line, .room = sizeof line), JG_OK);
    cr_expect_eq(memcmp(line, "hey!\0...", 8), 0);
    REFUSED(shout, "'line[room]' of job 'shout' does not end within its room", .line = line,
            .room = 4);
}

/* ---- extents ---- */

Test(codec, extents_read_what_they_name)
{
    int a[10] = {0};
    char b[] = "\1\2\3";
    struct buffer b2 = {.cap = 3}, b3 = {.cap = 4};
    short k = 2;
    long c[2] = {10, 20}, value = 0;
    float d[4] = {-1, -1, -1, -1};
    a[9] = 1000;
    cr_assert_eq(ROUND(extents, &value, .n = 3, .m = 5, .a = a, .b = b, .b2 = &b2, .k = &k, .c = c,
                       .b3 = &b3, .d = d),
                 JG_OK);
    cr_expect_eq(value, 1023);
    cr_expect_eq(b3.cap, 3);
    cr_expect_eq(d[2], 2);
    cr_expect_eq(d[3], -1, "the length was read again: one less");
}

Test(codec, scalars_behind_pointers_are_single)
{
    double q = 0;
    long r = 5;
    short s = 3;
    cr_assert_eq(ROUND(ones, NULL, .q = &q, .r = &r, .s = &s), JG_OK);
    cr_expect_eq(q, 8);
    cr_expect_eq(r, -5);
    int a[] = {1, 2}, sum = 0;
    uint16_t b[] = {10, 20};
    cr_assert_eq(ROUND(volatiles, &sum, .n = 2, .a = a, .b = b), JG_OK);
    cr_expect_eq(sum, 33);
    cr_expect_eq(a[1], 20);
}

Test(codec, arguments_that_do_not_meet_their_annotation_are_refused)
{
    unsigned char data[16];
    int n = 0;
    double square[4];
    REFUSED(bump, "'data[n]' of job 'bump' is NULL, but 5 elements are read or written", .n = 5);
    REFUSED(bump,
            "'data[n]' of job 'bump' has an extent that overflows or has no value "
            "(n is 18446744073709551615)",
            .data = data, .n = SIZE_MAX);
    REFUSED(fill_none,
            "'data[n]' of job 'fill_none' has an extent of 9223372036854775807: too large",
            .data = &n, .n = INT64_MAX);
    REFUSED(search, "'all[n]' of job 'search' has an extent of -1: too small", .n = -1);
    REFUSED(transpose,
            "'in[r][c]' of job 'transpose' has an extent that overflows or has no value "
            "(c is 8589934592, r is 8589934592)",
            .r = (size_t)1 << 33, .c = (size_t)1 << 33, .in = square, .out = square);
    REFUSED(doubled, "'text' of job 'doubled' is NULL", .text = NULL);
    REFUSED(packed, "'t' of job 'packed' is NULL", .t = NULL);
    REFUSED(squeeze, "'dest_len' of job 'squeeze' is NULL", .dest = data);
    REFUSED(ones, "'s' of job 'ones' is NULL", .q = square, .r = &(long){0});
}

Test(codec, overlaps_are_refused_where_one_is_written)
{
    double grid[8] = {0};
    unsigned char bytes[8] = {0};
    REFUSED(transpose, "'in' and 'out' of job 'transpose' overlap, and the job writes to 'out'",
            .r = 2, .c = 2, .in = grid, .out = grid + 3);
    cr_expect_eq(ROUND(transpose, NULL, .r = 2, .c = 2, .in = grid, .out = grid + 4), JG_OK);
    unsigned long *length = (void *)bytes;
    *length = 8;
    REFUSED(squeeze, "'dest' and 'dest_len' of job 'squeeze' overlap, and the job writes to 'dest'",
            .dest = bytes, .dest_len = length);
}

Test(codec, numbers_know_when_they_are_none)
{
    cr_expect_eq(jgi_unsigned(UINT64_MAX), JGI_NO_NUMBER);
    cr_expect_eq(jgi_unsigned(INT64_MAX), INT64_MAX);
    cr_expect_eq(jgi_add(INT64_MAX, 1), JGI_NO_NUMBER);
    cr_expect_eq(jgi_add(JGI_NO_NUMBER, 1), JGI_NO_NUMBER);
    cr_expect_eq(jgi_subtract(0, 5), -5);
    cr_expect_eq(jgi_subtract(JGI_NO_NUMBER, -5), JGI_NO_NUMBER);
    cr_expect_eq(jgi_multiply(INT64_C(1) << 32, INT64_C(1) << 32), JGI_NO_NUMBER);
    cr_expect_eq(jgi_multiply(JGI_NO_NUMBER, 0), JGI_NO_NUMBER);
    cr_expect_eq(jgi_divide(7, 0), JGI_NO_NUMBER);
    cr_expect_eq(jgi_divide(JGI_NO_NUMBER, -1), JGI_NO_NUMBER);
    cr_expect_eq(jgi_remainder(7, 0), JGI_NO_NUMBER);
    cr_expect_eq(jgi_remainder(-7, 4), -3);
    cr_expect_eq(jgi_area(-1, -1), -1);
    cr_expect_eq(jgi_area(3, -2), -2);
    cr_expect_eq(jgi_area(INT64_MAX, 2), JGI_NO_NUMBER);
    cr_expect_eq(jgi_area(JGI_NO_NUMBER, 2), JGI_NO_NUMBER);
}

Test(codec, strings_of_an_array_end_in_null)
{
    const char *const texts[] = {"one", "", "na\xc3\xafve \xff"};
    size_t sum = 0;
    cr_expect_eq(ROUND(words, &sum, .n = 3, .texts = texts), JG_OK);
    cr_expect_eq(sum, 3 + strlen(texts[2]));
    cr_expect_eq(ROUND(words, &sum, .n = 0, .texts = texts), JG_OK);
    cr_expect_eq(sum, 0);
    cr_expect_eq(ROUND(words, &sum, .n = 3), JG_OK);
    cr_expect_eq(sum, SIZE_MAX);
    const char *const missing[] = {"one", NULL};
    REFUSED(words, "'texts[n]' of job 'words' has NULL as string 1", .n = 2, .texts = missing);
}

Test(codec, null_is_kept_where_it_is_optional)
{
    struct point at = {1, 2};
    int number = 0, kinds = 0;
    short steps[2] = {1, 2};
    char name[2] = "";
    cr_expect_eq(ROUND(given, &kinds, .n = 2), JG_OK);
    cr_expect_eq(kinds, 0);
    cr_expect_eq(ROUND(given, &kinds, .text = "", .at = &at, .number = &number, .n = 2,
                       .steps = steps, .name = name),
                 JG_OK);
    cr_expect_eq(kinds, 31);
    cr_expect(at.x == 2 && number == 12 && steps[1] == -1);
    cr_expect_str_eq(name, "n");
    cr_expect_eq(ROUND(given, &kinds, .n = 0, .steps = steps), JG_OK);
    cr_expect_eq(kinds, 8);
    cr_expect_eq(ROUND(given, &kinds, .n = SIZE_MAX), JG_OK); /* of nothing */
    REFUSED(given,
            "'steps[n]' of job 'given' has an extent that overflows or has no value "
            "(n is 18446744073709551615)",
            .n = SIZE_MAX, .steps = steps);
}
