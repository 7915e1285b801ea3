/* SPDX-License-Identifier: MIT */
/* Bugs to plant in the rules: each must be found. */
#ifndef JOBGEN_TESTS_MODEL_BUGS_H
#define JOBGEN_TESTS_MODEL_BUGS_H

#include "world.h"

struct bug {
    const char *name;
    void (*plant)(struct rules *rules); /* into a copy of the product's */
    struct config config;               /* what has to go wrong for it to show */
};

extern const struct bug bugs[];
extern const size_t bug_count;

#endif
