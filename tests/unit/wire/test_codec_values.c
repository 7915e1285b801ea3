/* SPDX-License-Identifier: MIT */
/* Single values and elements on their way out of messages: what fits is given, what does not is
 * trouble. */
#include "wire/codec_state.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <string.h>

static const struct jgi_job job = {.abi = JGI_ABI, .name = "values"};
static struct jgi_payload empty;
static struct jgi_decoder in;
static struct jgi_encoder out;

static void setup(void)
{
    empty = JGI_PAYLOAD_INIT;
    jgi_decoder_init(&in, &job, &empty);
    jgi_encoder_init(&out, &job);
}

static void teardown(void)
{
    jgi_decoder_fini(&in);
    jgi_encoder_fini(&out, false);
}

TestSuite(values, .init = setup, .fini = teardown);

/* Whether something was wrong since the last time. */
static bool was_broken(void)
{
    bool is_broken = in.trouble.status == JG_EPROTOCOL;
    teardown();
    setup();
    return is_broken;
}

Test(values, signed_bit_fields_hold_their_width)
{
    for (unsigned width = 1; width <= 64; width++) {
        int64_t most = (int64_t)(UINT64_MAX >> 1 >> (64 - width)), least = -most - 1;
        cr_expect_eq(jgi_signed_bits(&in, most, width), most);
        cr_expect_eq(jgi_signed_bits(&in, least, width), least);
        cr_expect(!was_broken(), "%u bits", width);
        if (width == 64) break;
        (void)jgi_signed_bits(&in, most + 1, width);
        cr_expect(was_broken(), "%u bits", width);
        (void)jgi_signed_bits(&in, least - 1, width);
        cr_expect(was_broken(), "%u bits", width);
    }
}

Test(values, unsigned_bit_fields_hold_their_width)
{
    for (unsigned width = 1; width <= 64; width++) {
        uint64_t most = UINT64_MAX >> (64 - width);
        cr_expect_eq(jgi_unsigned_bits(&in, most, width), most);
        cr_expect(!was_broken(), "%u bits", width);
        if (width == 64) break;
        (void)jgi_unsigned_bits(&in, most + 1, width);
        cr_expect(was_broken(), "%u bits", width);
    }
}

Test(values, bit_fields_of_char_have_its_sign)
{
    cr_expect_eq(jgi_char_bits(&in, 3, 3), 3);
    cr_expect(!was_broken());
    (void)jgi_char_bits(&in, CHAR_MIN < 0 ? 4 : -1, 3);
    cr_expect(was_broken());
}

Test(values, a_long_of_32_bits_is_narrowed)
{
    cr_expect_eq(jgi_int32(&in, INT32_MIN), INT32_MIN);
    cr_expect_eq(jgi_uint32(&in, UINT32_MAX), UINT32_MAX);
    cr_expect(!was_broken());
    (void)jgi_int32(&in, (int64_t)INT32_MAX + 1);
    cr_expect(was_broken());
    (void)jgi_uint32(&in, (uint64_t)UINT32_MAX + 1);
    cr_expect(was_broken());
}

Test(values, arrays_of_such_longs_go_there_and_back)
{
    const int32_t longs[] = {INT32_MIN, -1, 0, INT32_MAX};
    int32_t back[4];
    int64_t *wide = jgi_widen(&out, JGI_INT32, longs, 4);
    cr_assert(wide);
    cr_expect_eq(wide[0], INT32_MIN);
    jgi_get_array(&in, JGI_INT32, wide, 4, back, 4, sizeof *back);
    cr_expect_arr_eq(back, longs, sizeof longs);
    uint64_t *unsigned_wide = jgi_widen(&out, JGI_UINT32, longs, 4);
    cr_assert(unsigned_wide);
    cr_expect_eq(unsigned_wide[1], UINT32_MAX);
    jgi_get_array(&in, JGI_UINT32, unsigned_wide, 4, back, 4, sizeof *back);
    cr_expect_arr_eq(back, longs, sizeof longs);
    cr_expect(!was_broken());
    const int64_t over[] = {0, (int64_t)INT32_MAX + 1};
    jgi_get_array(&in, JGI_INT32, over, 2, back, 2, sizeof *back);
    cr_expect(was_broken());
    jgi_get_array(&in, JGI_UINT32, over, 2, back, 2, sizeof *back);
    cr_expect(!was_broken());
}

Test(values, complex_numbers_are_two_each)
{
    const double parts[] = {1, 2, 3, 4};
    double _Complex back[2] = {0};
    jgi_get_array(&in, JGI_COMPLEX, parts, 4, back, 2, sizeof *back);
    cr_expect_arr_eq(back, parts, sizeof parts);
    cr_expect(!was_broken());
    jgi_get_array(&in, JGI_COMPLEX, parts, 3, back, 2, sizeof *back);
    cr_expect(was_broken());
    jgi_get_array(&in, JGI_COMPLEX, parts, 2, back, 2, sizeof *back);
    cr_expect(was_broken());
}

Test(values, arrays_of_complex_numbers_have_no_half_ones)
{
    const struct jgi_place place = {
        .name = "z", .element_size = sizeof(double _Complex), .field = 1, .element = JGI_COMPLEX};
    const double parts[] = {1, 2, 3, 4};
    size_t count;
    const void *taken = jgi_take_array(&in, &place, parts, 4, 2, &count);
    cr_expect_eq(count, 2);
    cr_expect_arr_eq(taken, parts, sizeof parts);
    cr_expect(!was_broken());
    for (size_t numbers = 0; numbers < 4; numbers++) {
        cr_expect_null(jgi_take_array(&in, &place, parts, numbers, 2, &count));
        cr_expect(was_broken(), "%zu numbers", numbers);
    }
    cr_expect_eq(jgi_send(&out, &place, parts, 2), 4, "so many stay for the message");
}
