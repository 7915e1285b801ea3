/* SPDX-License-Identifier: MIT */
/* Choosing a node. */
#include "choose.h"

static size_t next_eligible(const struct jgi_choice *nodes, size_t count, size_t from)
{
    for (size_t i = 0; i < count; i++)
        if (nodes[(from + i) % count].is_eligible) return (from + i) % count;
    return count;
}

static size_t choose_random(const struct jgi_choice *nodes, size_t count, uint64_t random)
{
    size_t eligible = 0;
    for (size_t i = 0; i < count; i++)
        eligible += nodes[i].is_eligible;
    if (eligible == 0) return count;
    uint64_t skip = random % eligible;
    for (size_t i = 0; i < count; i++)
        if (nodes[i].is_eligible && skip-- == 0) return i;
    return count;
}

static bool is_less_loaded(const struct jgi_choice *a, const struct jgi_choice *b)
{
    uint64_t slots_a = a->slots == 0 ? 1 : a->slots, slots_b = b->slots == 0 ? 1 : b->slots;
    return a->outstanding * slots_b < b->outstanding * slots_a;
}

static size_t choose_least_loaded(const struct jgi_choice *nodes, size_t count, size_t from)
{
    size_t best = next_eligible(nodes, count, from);
    for (size_t i = 0; i < count && best < count; i++) {
        size_t one = (from + i) % count;
        if (nodes[one].is_eligible && is_less_loaded(&nodes[one], &nodes[best])) best = one;
    }
    return best;
}

size_t jgi_choose(enum jg_fanout fanout, const struct jgi_choice *nodes, size_t count,
                  uint64_t *counter, uint64_t random)
{
    if (count == 0) return 0;
    if (fanout == JG_RANDOM) return choose_random(nodes, count, random);
    size_t from = (size_t)(*counter % count);
    size_t chosen = fanout == JG_LEASTLOADED ? choose_least_loaded(nodes, count, from)
                                             : next_eligible(nodes, count, from);
    if (chosen < count) *counter = chosen + 1;
    return chosen;
}
