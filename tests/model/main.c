/* SPDX-License-Identifier: MIT */
/* An explicit-state check of the call protocol: the product's caller and ledger, one caller, two
 * nodes, and everything that may go wrong, in every order. docs/design.md has the rules.
 *
 * model: each configuration is explored to its end, and no rule is broken. `small`: fewer of them.
 * model planted: the rules are weakened in one place, and that is noticed; the shortest way to the
 * trouble is printed. */
#include "bugs.h"
#include "search.h"

#include <stdio.h>
#include <string.h>

enum { STATES_MAX = 1000000, WALKS = 30000, WALKS_SMALL = 3000 };

static const struct config configs[] = {
    {.name = "frames lost, a refusal, a stop",
     .budget = {.calls = 1, .lost = 2, .timers = 2, .refusals = 1, .stops = 1},
     .is_large = true},
    {.name = "a frame repeated, refusals, pieces needed",
     .budget = {.calls = 1, .repeated = 1, .timers = 1, .refusals = 2, .needs = 1},
     .is_large = true},
    {.name = "a frame lost, one repeated, a call forgotten, a refusal",
     .budget = {.calls = 1, .lost = 1, .repeated = 1, .timers = 1, .refusals = 1, .forgets = 1}},
    {.name = "two frames repeated, a refusal, a stop",
     .budget = {.calls = 1, .repeated = 2, .refusals = 1, .stops = 1},
     .is_large = true},
    {.name = "a link cut, a stop", .budget = {.calls = 1, .timers = 1, .cuts = 1, .stops = 1}},
    {.name = "a link cut, a frame repeated, a refusal",
     .budget = {.calls = 1, .repeated = 1, .cuts = 1, .refusals = 1},
     .is_large = true},
    {.name = "links cut, a frame repeated",
     .budget = {.calls = 1, .repeated = 1, .cuts = 2},
     .is_one_node = true,
     .is_large = true},
    {.name = "links cut, a stop, a piece needed",
     .budget = {.calls = 1, .cuts = 2, .needs = 1, .stops = 1},
     .is_one_node = true,
     .is_large = true},
    {.name = "a node crashes, a refusal",
     .budget = {.calls = 1, .timers = 1, .crashes = 1, .refusals = 1}},
    {.name = "a node crashes, a stop, a frame repeated",
     .budget = {.calls = 1, .repeated = 1, .crashes = 1, .stops = 1}},
    {.name = "a node crashes, a link is cut",
     .budget = {.calls = 1, .cuts = 1, .crashes = 1},
     .is_one_node = true},
    {.name = "the caller crashes", .budget = {.calls = 1, .timers = 1, .caller_crashes = 1}},
    {.name = "the caller crashes, and calls again",
     .budget = {.calls = 2, .caller_crashes = 1},
     .is_one_node = true},
    {.name = "two calls, a frame repeated, a refusal",
     .budget = {.calls = 2, .repeated = 1, .refusals = 1}},
    {.name = "two calls, a stop", .budget = {.calls = 2, .timers = 1, .stops = 1}},
    {.name = "two calls, a link cut", .budget = {.calls = 2, .cuts = 1}, .is_large = true},
    {.name = "three calls", .budget = {.calls = 3}},
    {.name = "idempotent, a link cut, a refusal",
     .budget = {.calls = 1, .cuts = 1, .refusals = 1},
     .is_idempotent = true,
     .is_large = true},
    {.name = "idempotent, a node crashes, a refusal",
     .budget = {.calls = 1, .crashes = 1, .refusals = 1},
     .is_idempotent = true},
};

/* More than can be explored; for walks. */
static const struct budget everything = {.calls = 3,
                                         .lost = 2,
                                         .repeated = 3,
                                         .timers = 4,
                                         .cuts = 3,
                                         .crashes = 1,
                                         .caller_crashes = 1,
                                         .refusals = 2,
                                         .needs = 1,
                                         .stops = 1,
                                         .forgets = 1};

static int test_count, failures;

static void report(bool is_good, const char *name, const char *detail)
{
    test_count++;
    if (!is_good) failures++;
    (void)printf("%s %d - %s%s\n", is_good ? "ok" : "not ok", test_count, name, detail);
    (void)fflush(stdout);
}

static struct rules product_rules(const char *name)
{
    return (struct rules){.name = name, .caller = jgi_caller_rules, .ledger = jgi_ledger_rules};
}

static void run_plain(bool is_small)
{
    static struct rules rules;
    rules = product_rules("the rules");
    size_t states = 0, moves = 0;
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        if (is_small && configs[i].is_large) continue;
        struct found found = search(&configs[i], &rules, STATES_MAX);
        states += found.states;
        moves += found.moves;
        (void)printf("# %zu states, %zu moves, %zu deep\n", found.states, found.moves, found.depth);
        report(found.fault == NULL && !found.is_bound_hit, configs[i].name,
               found.is_bound_hit ? ": not explored to its end" : "");
    }
    (void)printf("# %zu states and %zu moves in all\n", states, moves);
    for (int is_idempotent = 0; is_idempotent < 2; is_idempotent++) {
        struct config config = {.budget = everything, .is_idempotent = is_idempotent};
        struct found found = walk(&config, &rules, is_small ? WALKS_SMALL : WALKS);
        (void)printf("# %zu moves\n", found.moves);
        report(found.fault == NULL, is_idempotent ? "walks, idempotent" : "walks", "");
    }
}

static void run_planted(void)
{
    static struct rules rules;
    for (size_t i = 0; i < bug_count; i++) {
        rules = product_rules(bugs[i].name);
        bugs[i].plant(&rules);
        struct found found = search(&bugs[i].config, &rules, STATES_MAX);
        report(found.fault != NULL, bugs[i].name, found.fault == NULL ? ": not found" : "");
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "planted") == 0)
        run_planted();
    else
        run_plain(argc > 1 && strcmp(argv[1], "small") == 0);
    (void)printf("1..%d\n", test_count);
    return failures > 0;
}
