/* SPDX-License-Identifier: MIT */
/* Values of every type that jobs can pass: the same from the plain function, from a job of this
 * machine and from one on a node, bit for bit. */
#include <float.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "shapes.h"
#include "types_jobs.h"

/* ---- complex numbers ---- */

struct spectrum {
    char name;
    double _Complex peak;
    float _Complex bins[3];
};
struct __attribute__((packed)) tight_spectrum {
    char name;
    double _Complex peak;
    float _Complex bins[3];
};

/* @job
 * @in by
 * @out same */
double _Complex turned(double _Complex value, const float _Complex *by, double _Complex *same)
{
    *same = value;
    return value + *by;
}

/* @job
 * @in from[count]
 * @inout to[count] */
void swap_parts(const double _Complex *from, int count, float _Complex *to)
{
    for (int i = 0; i < count; i++) {
        __real__ to[i] = (float)__imag__ from[i];
        __imag__ to[i] = (float)__real__ from[i];
    }
}

/* @job
 * @out return[count] owned */
double _Complex *ramp(size_t count)
{
    double _Complex *values = malloc(count * sizeof *values);
    for (size_t i = 0; values && i < count; i++) {
        __real__ values[i] = (double)i;
        __imag__ values[i] = -(double)i;
    }
    return values;
}

/* @job
 * @in from optional
 * @out *squares[*many] owned
 * @out many
 */
void square_all(int count, const double _Complex from[count][2][2], double _Complex **squares,
                int *many)
{
    *many = from ? 4 * count : 0;
    *squares = calloc((size_t)*many + 1, sizeof **squares);
    for (int i = 0; *squares && i < *many; i++) {
        const double _Complex value = from[i / 4][i / 2 % 2][i % 2];
        (*squares)[i] = value * value;
    }
}

/* @job */
struct spectrum relaxed(struct tight_spectrum tight, const struct tight_spectrum *also)
{
    struct spectrum loose = {tight.name, tight.peak, {also->bins[0], tight.bins[1], tight.bins[2]}};
    return loose;
}

/* ---- records of all layouts ---- */

enum mood { GRIM = -3, CALM, GLAD = 40 };
enum wide { WIDE = 0x123456789abc };

struct flags {
    unsigned low : 3;
    int : 2;
    int sign : 5;
    bool is_set : 1;
    enum wide wide : 48;
    enum mood mood : 8;
    uint64_t whole : 64;
    int64_t deep : 63;
    char letter : 7;
    unsigned : 0;
    unsigned char last : 4;
};

struct nested {
    int first;
    struct {
        short second;
        struct {
            uint16_t third[2][2][3];
            unsigned fourth : 9;
        };
        long fifth;
    };
    struct {
        enum mood moods[2];
        struct {
            bool is_deep;
        } inner;
    } own[2];
};

struct mixed {
    char a;
    int b __attribute__((aligned(16)));
    char c;
    int d __attribute__((packed));
    struct {
        char e;
        uint64_t f;
    } __attribute__((packed));
};
#pragma pack(push, 2)
struct half {
    char a;
    int b;
    double c;
    struct flags flags;
    uint16_t d[3];
};
#pragma pack(pop)

/* Callers see void *. */
typedef struct {
    uint8_t count;
    enum mood mood;
} secret;

/* @job */
struct flags change_flags(struct flags from, const struct flags *also, struct flags *to)
{
    *to = *also;
    to->letter = 'x';
    from.is_set = !from.is_set;
    return from;
}

/* @job */
struct nested change_nested(struct nested value, struct nested *back)
{
    back->own[1].inner.is_deep = value.own[0].inner.is_deep;
    value.third[1][1][2] = back->third[0][0][0];
    return value;
}

/* @job */
struct mixed change_mixed(struct mixed value, struct half *half)
{
    half->flags.sign = -16;
    value.d++;
    value.f++;
    return value;
}

/* @job */
shape change_shape(shape value, const struct frame *frame, shape *back)
{
    *back = frame->outline;
    value.layers[1].level = (short)frame->number;
    return value;
}

/* @job
 * @inout many[few->count]
 * @in few
 */
int change_secrets(secret *many, const secret *few)
{
    int sum = few->mood;
    for (int i = 0; i < few->count; i++)
        sum += many[i].count++;
    return sum;
}

/* @job
 * @out return[count] owned */
secret *make_secrets(int count)
{
    secret *made = calloc((size_t)count, sizeof *made);
    for (int i = 0; made && i < count; i++)
        made[i] = (secret){(uint8_t)i, GLAD};
    return made;
}

/* ---- enums, volatile, what is spelled in other ways ---- */

#define NUMBER int
typedef const volatile uint32_t reading;
typedef __typeof__(1u + 1u) sum_type;
typedef enum mood moods[2][3];

/* @job
 * @inout moods[count]
 * @out widest */
enum wide change_enums(enum mood *moods, int count, enum wide *widest, enum mood one)
{
    for (int i = 0; i < count; i++)
        moods[i] = moods[i] == one ? (enum mood)77 : moods[i];
    *widest = (enum wide)UINT64_MAX;
    return WIDE;
}

/* @job
 * @in port[2]
 * @inout total */
sum_type sum(reading *port, volatile NUMBER *total, __typeof__(0 ? 1L : 2) extra, moods all,
             ssize_t least)
{
    *total += (int)extra;
    all[1][2] = GRIM;
    return port[0] + port[1] + (sum_type)all[0][0] + (least == SSIZE_MAX);
}

/* ---- the comparison ---- */

static int failures;

static void expect(bool is_met, const char *what, int line)
{
    if (is_met) return;
    failures++;
    printf("line %d: %s\n", line, what);
}
#define EXPECT(condition) expect(condition, #condition, __LINE__)
#define EXPECT_SAME(a, b, size) expect(memcmp(a, b, size) == 0, #a " and " #b " differ", __LINE__)

static double not_a_number(void)
{
    const uint64_t bits = UINT64_C(0x7ff4000000abcdef);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double _Complex complex_of(double re, double im)
{
    double _Complex value;
    __real__ value = re;
    __imag__ value = im;
    return value;
}

static void check_complex(bool is_local)
{
    const double _Complex value = complex_of(not_a_number(), -0.0);
    const float _Complex by = {0};
    double _Complex same = 0, plain_same = 0, sum = 0;
    double _Complex plain = turned(complex_of(2, -DBL_MAX), &by, &plain_same);
    EXPECT((is_local ? turned_local : turned_remote)(complex_of(2, -DBL_MAX), &by, &same, &sum) ==
           JG_OK);
    EXPECT_SAME(&plain, &sum, sizeof sum);
    EXPECT((is_local ? turned_local : turned_remote)(value, &by, &same, NULL) == JG_OK);
    EXPECT_SAME(&value, &same, sizeof same);
    for (int count = 0; count <= 20000; count += 5000) { /* in the message, and beside it */
        double _Complex *many = NULL, *few = ramp((size_t)count);
        float _Complex *swapped = calloc((size_t)count + 1, sizeof *swapped);
        float _Complex *plain_swapped = calloc((size_t)count + 1, sizeof *swapped);
        EXPECT((is_local ? ramp_local : ramp_remote)((size_t)count, &many) == JG_OK);
        EXPECT_SAME(many, few, (size_t)count * sizeof *few);
        swap_parts(few, count, plain_swapped);
        EXPECT((is_local ? swap_parts_local : swap_parts_remote)(few, count, swapped) == JG_OK);
        EXPECT_SAME(swapped, plain_swapped, (size_t)count * sizeof *swapped);
        free(many);
        free(few);
        free(swapped);
        free(plain_swapped);
    }
    const double _Complex cubes[2][2][2] = {{{1, 2}, {complex_of(0, 1), -3}}, {{4}}};
    double _Complex *squares = NULL;
    int many = 0;
    EXPECT((is_local ? square_all_local : square_all_remote)(2, cubes, &squares, &many) == JG_OK);
    EXPECT(many == 8 && squares[2] == -1 && squares[3] == 9 && squares[4] == 16);
    free(squares);
    EXPECT((is_local ? square_all_local : square_all_remote)(2, NULL, &squares, &many) == JG_OK);
    EXPECT(many == 0);
    free(squares);
    struct tight_spectrum tight = {'t', complex_of(not_a_number(), 1), {0}};
    __imag__ tight.bins[2] = FLT_MIN / 4;
    __real__ tight.bins[0] = -FLT_MAX;
    struct spectrum loose;
    EXPECT((is_local ? relaxed_local : relaxed_remote)(tight, &tight, &loose) == JG_OK);
    EXPECT(loose.name == 't');
    EXPECT_SAME(&loose.peak, &tight.peak, sizeof loose.peak);
    EXPECT_SAME(loose.bins, tight.bins, sizeof loose.bins);
}

static bool same_flags(const struct flags *a, const struct flags *b)
{
    return a->low == b->low && a->sign == b->sign && a->is_set == b->is_set && a->wide == b->wide &&
           a->mood == b->mood && a->whole == b->whole && a->deep == b->deep &&
           a->letter == b->letter && a->last == b->last;
}

static void check_flags(bool is_local)
{
    const struct flags sets[] = {
        {7, 15, true, WIDE, GLAD, UINT64_MAX, INT64_MAX / 2, '~', 15},
        {0, -16, false, 0, GRIM, 0, -INT64_MAX / 2 - 1, ' ', 0},
        {5, -1, true, (enum wide)0xffffffffffff, CALM, 1, -1, 'a', 9},
    };
    for (size_t i = 0; i < 3; i++) {
        struct flags value, plain_value, to, plain_to;
        const struct flags *also = &sets[(i + 1) % 3];
        plain_value = change_flags(sets[i], also, &plain_to);
        memset(&to, 0, sizeof to);
        EXPECT((is_local ? change_flags_local : change_flags_remote)(sets[i], also, &to, &value) ==
               JG_OK);
        EXPECT(same_flags(&value, &plain_value) && same_flags(&to, &plain_to));
    }
}

static void check_records(bool is_local)
{
    struct nested nested = {.first = INT_MIN, .second = -7, .fourth = 511, .fifth = LONG_MIN};
    struct nested back, plain_back, got, plain;
    nested.third[0][0][0] = UINT16_MAX;
    nested.own[0].inner.is_deep = true;
    nested.own[1].moods[1] = GRIM;
    back = plain_back = nested;
    plain = change_nested(nested, &plain_back);
    EXPECT((is_local ? change_nested_local : change_nested_remote)(nested, &back, &got) == JG_OK);
    EXPECT(got.first == plain.first && got.second == -7 && got.fourth == 511 &&
           got.fifth == LONG_MIN && got.third[1][1][2] == UINT16_MAX);
    EXPECT_SAME(got.third, plain.third, sizeof got.third);
    EXPECT(got.own[0].inner.is_deep && back.own[1].inner.is_deep && got.own[1].moods[1] == GRIM);

    struct mixed mixed = {
        .a = 'a', .b = INT_MAX, .c = 'c', .d = INT_MIN, .e = 'e', .f = UINT64_MAX};
    struct half half = {
        .a = 'h', .b = -2, .c = -0.0, .flags = {.whole = 3}, .d = {1, 2, UINT16_MAX}};
    struct half plain_half = half;
    struct mixed got_mixed, plain_mixed = change_mixed(mixed, &plain_half);
    EXPECT((is_local ? change_mixed_local : change_mixed_remote)(mixed, &half, &got_mixed) ==
           JG_OK);
    EXPECT(got_mixed.a == 'a' && got_mixed.b == INT_MAX && got_mixed.c == 'c' &&
           got_mixed.d == plain_mixed.d && got_mixed.e == 'e' && got_mixed.f == 0);
    EXPECT(half.flags.sign == -16 && half.flags.whole == 3 && half.b == -2);
    EXPECT_SAME(half.d, plain_half.d, sizeof half.d);
    EXPECT_SAME(&half.c, &plain_half.c, sizeof half.c);

    struct frame frame = {{1, 2, {{3, {4, 5}}, {-6, {7, -0.0f}}}}, 88};
    shape shape_back = {0}, got_shape;
    EXPECT((is_local ? change_shape_local : change_shape_remote)(frame.outline, &frame, &shape_back,
                                                                 &got_shape) == JG_OK);
    EXPECT(got_shape.layers[1].level == 88 && got_shape.layers[0].level == 3);
    EXPECT_SAME(got_shape.layers[1].parts, frame.outline.layers[1].parts, sizeof(float[2]));
    EXPECT(shape_back.x == 1 && shape_back.layers[1].level == -6);
}

static void check_secrets(bool is_local)
{
    secret many[] = {{1, CALM}, {254, GLAD}, {3, GRIM}}, few = {3, GRIM};
    int sum = 0;
    void *made = NULL;
    EXPECT((is_local ? change_secrets_local : change_secrets_remote)(many, &few, &sum) == JG_OK);
    EXPECT(sum == 1 + 254 + 3 + GRIM && many[1].count == 255 && many[2].mood == GRIM);
    EXPECT((is_local ? make_secrets_local : make_secrets_remote)(300, &made) == JG_OK);
    EXPECT(((secret *)made)[299].count == (uint8_t)299 && ((secret *)made)[299].mood == GLAD);
    free(made);
}

static void check_scalars(bool is_local)
{
    int values[] = {GRIM, INT_MIN, INT_MAX, CALM};
    uint64_t widest = 0, wide = 0;
    EXPECT((is_local ? change_enums_local : change_enums_remote)(values, 4, &widest, CALM, &wide) ==
           JG_OK);
    EXPECT(values[0] == GRIM && values[1] == INT_MIN && values[2] == INT_MAX && values[3] == 77);
    EXPECT(widest == UINT64_MAX && wide == WIDE);
    const volatile uint32_t port[2] = {UINT32_MAX, 2};
    volatile int total = -5;
    int all[2][3] = {{GLAD, CALM, GRIM}, {0}};
    unsigned result = 0;
    EXPECT((is_local ? sum_local : sum_remote)(port, &total, 7, all, SSIZE_MAX, &result) == JG_OK);
    EXPECT(total == 2 && all[1][2] == GRIM && result == 1 + GLAD + 1);
}

int main(void)
{
    for (int is_local = 0; is_local < 2; is_local++) {
        check_complex(is_local);
        check_flags(is_local);
        check_records(is_local);
        check_secrets(is_local);
        check_scalars(is_local);
    }
    return failures > 0;
}
