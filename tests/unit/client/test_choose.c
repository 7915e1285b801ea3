/* SPDX-License-Identifier: MIT */
/* Choosing a node, without any. */
#include <criterion/criterion.h>

#include "client/choose.h"

static struct jgi_choice nodes[3];
static uint64_t counter;

static void set_up(void)
{
    counter = 0;
    for (int i = 0; i < 3; i++)
        nodes[i] = (struct jgi_choice){.slots = 2, .is_eligible = true};
}

TestSuite(choose, .init = set_up);

static size_t choose(enum jg_fanout fanout, uint64_t random)
{
    return jgi_choose(fanout, nodes, 3, &counter, random);
}

Test(choose, roundrobin_goes_round)
{
    counter = 4; /* wherever it starts */
    size_t first = choose(JG_ROUNDROBIN, 0);
    for (size_t i = 1; i < 10; i++)
        cr_assert_eq(choose(JG_ROUNDROBIN, 0), (first + i) % 3);
}

Test(choose, roundrobin_skips_who_is_not_eligible_and_goes_on_behind_the_last)
{
    nodes[1].is_eligible = false;
    cr_assert_eq(choose(JG_ROUNDROBIN, 0), 0);
    cr_assert_eq(choose(JG_ROUNDROBIN, 0), 2);
    cr_assert_eq(choose(JG_ROUNDROBIN, 0), 0);
    nodes[1].is_eligible = true;
    cr_assert_eq(choose(JG_ROUNDROBIN, 0), 1);
}

Test(choose, random_reaches_all_who_are_eligible_and_nobody_else)
{
    bool is_reached[3] = {false};
    nodes[0].is_eligible = false;
    for (uint64_t random = 0; random < 4; random++)
        is_reached[choose(JG_RANDOM, random)] = true;
    cr_assert(!is_reached[0] && is_reached[1] && is_reached[2]);
}

Test(choose, leastloaded_counts_by_slot)
{
    nodes[0].outstanding = 3;
    nodes[1].outstanding = 4;
    nodes[1].slots = 8;
    nodes[2].outstanding = 2;
    cr_assert_eq(choose(JG_LEASTLOADED, 0), 1);
    nodes[1].outstanding = 9;
    cr_assert_eq(choose(JG_LEASTLOADED, 0), 2);
}

Test(choose, leastloaded_spreads_over_equals)
{
    size_t first = choose(JG_LEASTLOADED, 0);
    cr_assert_neq(choose(JG_LEASTLOADED, 0), first);
}

Test(choose, a_node_that_tells_no_slots_has_one)
{
    nodes[0].slots = 0;
    nodes[0].outstanding = 1;
    nodes[1].is_eligible = false;
    nodes[2].outstanding = 1;
    cr_assert_eq(choose(JG_LEASTLOADED, 0), 2);
}

Test(choose, nobody_is_eligible)
{
    for (int i = 0; i < 3; i++)
        nodes[i].is_eligible = false;
    cr_assert_eq(choose(JG_ROUNDROBIN, 0), 3);
    cr_assert_eq(choose(JG_RANDOM, 7), 3);
    cr_assert_eq(choose(JG_LEASTLOADED, 0), 3);
    cr_assert_eq(jgi_choose(JG_ROUNDROBIN, nodes, 0, &counter, 0), 0);
    cr_assert_eq(counter, 0);
}
