/* SPDX-License-Identifier: MIT */
/* From what the sources gave to the job model. */
#ifndef JOBGEN_COLLECTION_H
#define JOBGEN_COLLECTION_H

#include "collect.h"
#include "model.h"

struct diag_list;

/* What all sources gave, in their order. */
struct collection {
    struct arena *arena; /* the model's */
    struct diag_list *diags;
    const char *name; /* NAME */
    struct collected *const *found;
    size_t count;
};

/* All jobs in order, merged and checked against each other. */
void collection_merge(const struct collection *all, struct model *ret_model);

/* The jobs of one source alone, as --dump-model has them; to be freed. Only after all have been
 * merged, which marks what they share. */
char *collection_print_source(const struct options *options, struct collected *found);

/* Second pass over the sources that had errors, with `header` (NULL: none could be made) as the
 * generated one: what remains is told. Kept sources were good with it if it `is_last`, that of the
 * run that they are kept of. */
void collection_recheck(const struct collection *all, struct reader *reader, const char *header,
                        bool is_last);

#endif
