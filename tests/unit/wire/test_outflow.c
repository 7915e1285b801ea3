/* SPDX-License-Identifier: MIT */
/* The order of what goes out, and when what was lent ends. */
#include "wire/outflow.h"

#include <criterion/criterion.h>
#include <string.h>

static char ended[16];

static void on_end(void *owner)
{
    cr_assert_lt(strlen(ended), sizeof ended - 1);
    strncat(ended, owner, 1);
}

static void add(struct jgi_outflow *flow, const char *text)
{
    cr_assert(jgi_buffer_add(&flow->buffer, text, strlen(text)));
}

static bool lend(struct jgi_outflow *flow, const char *text)
{
    return jgi_outflow_lend(flow, &(struct jgi_lent){.bytes = (uint8_t *)text,
                                                     .size = strlen(text),
                                                     .end = on_end,
                                                     .owner = (void *)text});
}

/* All that is in it, as it would be sent `most` parts at a time. */
static const char *look(const struct jgi_outflow *flow, size_t most)
{
    static char all[100];
    struct iovec parts[32];
    size_t count = jgi_outflow_look(flow, parts, most), size = 0;
    cr_assert_leq(count, most);
    for (size_t i = 0; i < count; i++) {
        cr_assert_gt(parts[i].iov_len, 0);
        memcpy(all + size, parts[i].iov_base, parts[i].iov_len);
        size += parts[i].iov_len;
    }
    all[size] = '\0';
    return all;
}

Test(outflow, keeps_the_order)
{
    struct jgi_outflow flow = {.piece_count = 0};
    add(&flow, "ab");
    cr_assert(lend(&flow, "CD"));
    cr_assert(lend(&flow, "E"));
    add(&flow, "fg");
    add(&flow, "h");
    cr_assert(lend(&flow, "IJ"));
    add(&flow, "k");
    cr_expect_eq(jgi_outflow_size(&flow), 11);
    cr_expect_str_eq(look(&flow, 32), "abCDEfghIJk");
    cr_expect_str_eq(look(&flow, 2), "abCD");
    cr_expect_str_eq(look(&flow, 1), "ab");
    jgi_outflow_fini(&flow);
}

Test(outflow, goes_on_from_wherever_it_was_cut)
{
    for (size_t step = 1; step <= 11; step++) {
        struct jgi_outflow flow = {.piece_count = 0};
        ended[0] = '\0';
        add(&flow, "ab");
        cr_assert(lend(&flow, "CD"));
        cr_assert(lend(&flow, "E"));
        add(&flow, "fgh");
        cr_assert(lend(&flow, "IJ"));
        add(&flow, "k");
        for (size_t taken = 0; taken < 11;) {
            size_t size = step < 11 - taken ? step : 11 - taken;
            jgi_outflow_take(&flow, size);
            taken += size;
            cr_expect_eq(jgi_outflow_size(&flow), 11 - taken);
            cr_expect_str_eq(look(&flow, 32), &"abCDEfghIJk"[taken]);
            cr_expect_eq(strlen(ended), (taken >= 4u) + (taken >= 5u) + (taken >= 10u), "%zu: %s",
                         taken, ended);
        }
        cr_expect_str_eq(ended, "CEI");
        add(&flow, "l");
        cr_assert(lend(&flow, "M"));
        cr_expect_str_eq(look(&flow, 32), "lM");
        jgi_outflow_fini(&flow);
        cr_expect_str_eq(ended, "CEIM");
    }
}

Test(outflow, takes_no_more_pieces_than_it_has_room_for)
{
    struct jgi_outflow flow = {.piece_count = 0};
    for (int i = 0; i < JGI_OUTFLOW_LENT; i++)
        cr_assert(lend(&flow, "A"));
    cr_expect_not(lend(&flow, "B"));
    jgi_outflow_take(&flow, 1);
    cr_expect(lend(&flow, "C"));
    jgi_outflow_fini(&flow);
    cr_expect_str_eq(ended, "AAAAAAAAC");
}
