/* SPDX-License-Identifier: MIT */
/* From parsed sources to the job model. */
#ifndef JOBGEN_COLLECT_H
#define JOBGEN_COLLECT_H

#include "model.h"
#include "options.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collector;
struct reader;

/* What one source gave: jobs, names taken, files read, complaints. */
struct collected;

/* One per thread. */
struct collector_setup {
    struct arena *arena; /* the model's, of this thread */
    struct source_set *sources;
    struct reader *reader;
    const struct options *options;
};

struct collector *collector_new(const struct collector_setup *setup);
void collector_free(struct collector *collector);

/* First pass: parses one source with an overlay that declares nothing, and takes its jobs. The
 * first `shared` of its includes are those of other sources too. To be freed before the collector.
 */
struct collected *collect_source(struct collector *collector, const struct source *source,
                                 size_t shared);
void collected_free(struct collected *found);

/* Every file that the parse has read; in no order, with repetitions. */
void collected_visit_files(const struct collected *found,
                           void (*visit)(const char *path, void *user), void *user);

/* Whether clang had errors, which the missing header may have caused. */
bool collected_has_failed(const struct collected *found);

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

/* Second pass over the sources that had errors, with `header` (NULL: none could be made) as the
 * generated one: what remains is told. */
void collection_recheck(const struct collection *all, struct reader *reader, const char *header);

#endif
