/* SPDX-License-Identifier: MIT */
/* Sources that need no parsing, since they gave the same in the last good run. */
#ifndef JOBGEN_REUSE_H
#define JOBGEN_REUSE_H

#include "collect.h"
#include "keep.h"
#include "prefilter.h"

#include <stdbool.h>

struct inputs;

struct reuse {
    struct keep_setup setup;
    struct inputs *inputs;     /* gets what is kept for the next run */
    struct collected **starts; /* of the last run, by their numbers there; NULL: not looked at */
    size_t *numbers;           /* and in this run; 0: not yet */
    size_t count;              /* sources that were taken */
};

/* What the source gave then; NULL: it has to be parsed. To be freed as what was collected. */
struct collected *reuse_take(struct reuse *reuse, const struct source *source,
                             const struct prefilter_result *prefiltered);

/* Keeps what was collected now. */
void reuse_keep(struct reuse *reuse, const struct collected *found);

void reuse_fini(struct reuse *reuse);

#endif
