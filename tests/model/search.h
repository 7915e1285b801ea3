/* SPDX-License-Identifier: MIT */
/* All worlds that can be reached, nearest first. */
#ifndef JOBGEN_TESTS_MODEL_SEARCH_H
#define JOBGEN_TESTS_MODEL_SEARCH_H

#include "world.h"

struct found {
    size_t states, moves, depth;
    const char *fault; /* NULL: no world breaks a rule */
    bool is_bound_hit; /* more states than were allowed */
};

/* Prints the shortest way to a fault, as TAP comments. */
struct found search(const struct config *config, const struct rules *rules, size_t states_max);

/* So many ways at random, always the same ones: farther than a search can see. */
struct found walk(const struct config *config, const struct rules *rules, size_t walks);

#endif
