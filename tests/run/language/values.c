/* SPDX-License-Identifier: MIT */
/* Values arrive bit for bit; rooms, lengths and empty arrays. */
#include "forms.h"
#include "jobs.h"

#include <float.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum colour { RED, GREEN = 5 };
enum distance { NEAR, FAR = 0x123456789abcdef };

struct bits {
    double wide;
    float narrow;
    enum colour colour;
    int64_t least;
    char bytes[4];
};

/* ---- exact values ---- */

/* Whether all came as `seed` says is told by what comes back: each with its bits turned over.
 *
 * @job
 * @inout doubles[n] @inout floats[n] @inout longs[n] @inout colours[n]
 * @inout one
 */
uint64_t turn(size_t n, double *doubles, float *floats, int64_t *longs, enum colour *colours,
              struct bits *one, enum distance far, double last)
{
    unsigned char *at[] = {(void *)doubles, (void *)floats, (void *)longs, (void *)colours};
    size_t sizes[] = {sizeof *doubles, sizeof *floats, sizeof *longs, sizeof *colours};
    uint64_t bits;
    for (size_t i = 0; i < 4; i++)
        for (size_t b = 0; b < n * sizes[i]; b++)
            at[i][b] ^= 0xff;
    one->least = -(one->least + 1);
    one->colour = (enum colour) - 2;
    memcpy(&bits, &last, sizeof bits);
    return bits ^ (uint64_t)far;
}

static const uint64_t double_bits[] = {0x8000000000000000, /* -0.0 */
                                       0x7ff8000000000123, /* a NaN's payload */
                                       0xfff0000000000001, /* a signalling one */
                                       0x0000000000000001, /* denormal */
                                       0x7fefffffffffffff, 0x7ff0000000000000, 0, UINT64_MAX};
enum { BITS_COUNT = sizeof double_bits / sizeof *double_bits };

static void keeps_every_bit(enum form form)
{
    double doubles[BITS_COUNT], last;
    float floats[BITS_COUNT];
    int64_t longs[BITS_COUNT];
    enum colour colours[BITS_COUNT];
    uint64_t value = 0;
    struct bits one = {-0.0, FLT_TRUE_MIN, (enum colour)77, INT64_MIN, "\xff\0\x80"};
    memcpy(doubles, double_bits, sizeof doubles);
    for (size_t i = 0; i < BITS_COUNT; i++) {
        uint32_t narrow = (uint32_t)(double_bits[i] >> 32) | 1;
        memcpy(&floats[i], &narrow, sizeof narrow);
        longs[i] = (int64_t)double_bits[i];
        colours[i] = (enum colour)narrow;
    }
    memcpy(&last, &double_bits[2], sizeof last);
    EXPECT(CALL(form, turn, &value, (size_t)BITS_COUNT, doubles, floats, longs, (void *)colours,
                &one, FAR, last) == JG_OK);
    EXPECT(value == (double_bits[2] ^ FAR));
    for (size_t i = 0; i < BITS_COUNT; i++) {
        uint64_t turned, wide = ~double_bits[i];
        uint32_t narrow = ~((uint32_t)(double_bits[i] >> 32) | 1);
        memcpy(&turned, &doubles[i], sizeof turned);
        EXPECT(turned == wide && longs[i] == (int64_t)wide);
        EXPECT(memcmp(&floats[i], &narrow, 4) == 0 && colours[i] == (enum colour)narrow);
    }
    EXPECT(memcmp(&one.wide, &double_bits[0], 8) == 0 && one.narrow == FLT_TRUE_MIN);
    EXPECT(one.least == INT64_MAX && (int)one.colour == -2);
    EXPECT(memcmp(one.bytes, "\xff\0\x80", 4) == 0);
}

/* ---- lengths ---- */

/* As zlib: room before, length after.
 *
 * @job
 * @in from[length]
 * @out to[*room] @inout room
 */
int copy(const char *from, size_t length, char *to, size_t *room)
{
    size_t told = *room;
    *room = length;
    size_t most = length < told ? length : told;
    if (most > 0) memcpy(to, from, most);
    return length > told ? -1 : 0;
}

static void reads_the_length_again(enum form form)
{
    char to[6] = "......";
    size_t room = 5;
    int value = 1;
    EXPECT(CALL(form, copy, &value, "a\0b", (size_t)3, to, &room) == JG_OK);
    EXPECT(value == 0 && room == 3 && memcmp(to, "a\0b..", 5) == 0 && to[5] == '.');
    room = 2; /* what it says afterwards is above it */
    EXPECT(CALL(form, copy, &value, "xyz", (size_t)3, to, &room) == JG_OK);
    EXPECT(value == -1 && room == 3 && memcmp(to, "xyb..", 5) == 0);
    room = 0;
    EXPECT(CALL(form, copy, &value, NULL, (size_t)0, NULL, &room) == JG_OK);
    EXPECT(value == 0 && room == 0);
}

/* @job
 * @out to[room] used(return)
 */
int fill(char *to, int room, int used)
{
    memset(to, 'x', (size_t)room);
    return used;
}

static void gives_what_is_used(enum form form)
{
    static const int used[] = {2, 0, -7, 4, 5, INT_MAX, INT_MIN};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        char to[5] = "....";
        int value = 0, given = used[i] < 0 ? 0 : used[i] > 4 ? 4 : used[i];
        EXPECT(CALL(form, fill, &value, to, 4, used[i]) == JG_OK && value == used[i]);
        EXPECT(form == PLAIN || (int)strspn(to, "x") == given);
        EXPECT(to[4] == '\0');
    }
}

/* @job
 * @inout text[room] string
 */
int shout(char *text, size_t room)
{
    size_t length = strlen(text);
    memset(text + length, '!', room - length); /* no NUL is left */
    return (int)length;
}

static void a_string_may_fill_its_room(enum form form)
{
    char text[7] = "hey\0..";
    int value = 0;
    EXPECT(CALL(form, shout, &value, text, (size_t)6) == JG_OK);
    EXPECT(value == 3 && memcmp(text, "hey!!!", 7) == 0);
}

static void a_string_ends_when_it_goes_in(void)
{
    char text[3] = {'a', 'b', 'c'};
    int value = 9;
    EXPECT(shout_local(text, 3, &value) == JG_EARGS && value == 9);
    EXPECT(has_cause("'text[room]' of job 'shout' does not end within its room"));
    EXPECT(memcmp(text, "abc", 3) == 0);
}

/* ---- a failure touches nothing ---- */

/* @job
 * @inout values[n]
 * @out *more[n] owned
 * @out count
 */
int break_off(int n, double *values, double **more, int *count)
{
    values[0] = *count = 5;
    *more = calloc((size_t)n, sizeof **more);
    if (n == 3) jg_fail("three is too many");
    return 1;
}

static void failures_touch_nothing(void)
{
    double values[3] = {1, 2, 3}, *more = values;
    int count = 7, value = 8;
    struct break_off_args args = {3, values, &more, &count};
    struct break_off_result result;
    EXPECT(break_off_local(3, values, &more, &count, &value) == JG_EFAILED);
    EXPECT(break_off_remote(3, values, &more, &count, &value) == JG_EFAILED);
    EXPECT(break_off_await_get(break_off_local_async(3, values, &more, &count), &value) ==
           JG_EFAILED);
    result.value = 9;
    EXPECT(break_off_remote_fanout(&args, 1, &result) == JG_EFAILED);
    EXPECT(result.status == JG_EFAILED && result.value == 9);
    EXPECT(values[0] == 1 && more == values && count == 7 && value == 8);
}

void test_values(void)
{
    for_each_form("every bit of a value arrives", keeps_every_bit);
    for_each_form("a length behind a pointer is read again", reads_the_length_again);
    for_each_form("what is used comes back, within the room", gives_what_is_used);
    for_each_form("a string may fill its room", a_string_may_fill_its_room);
    for_once("a string ends within its room when it goes in", a_string_ends_when_it_goes_in);
    for_once("a failure touches nothing", failures_touch_nothing);
}
