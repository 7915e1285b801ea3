/* SPDX-License-Identifier: MIT */
/* From the candidates of all sources to one model. */
#ifndef JOBGEN_MERGE_H
#define JOBGEN_MERGE_H

#include "candidate.h"
#include "names.h"

struct arena;

struct merge {
    struct arena *arena;
    struct diag_list *diags;
    const char *name;              /* NAME */
    struct candidate **candidates; /* will be sorted */
    size_t candidate_count;
    const struct name_use *uses; /* names that the sources have taken */
    size_t use_count;
    size_t record_count; /* at least as many as the candidates use */
};

/* Jobs by file name, then in source order; records by first use. If a candidate is broken the model
 * has no records. */
void candidates_merge(const struct merge *merge, struct model *ret_model);

#endif
