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

struct collector_setup {
    struct arena *arena; /* the model's */
    struct source_set *sources;
    struct reader *reader;
    const struct options *options;
    struct diag_list *diags;
};

struct collector *collector_new(const struct collector_setup *setup);
void collector_free(struct collector *collector);

/* First pass: parses one source with an overlay that declares nothing, and takes its jobs. The
 * first `shared` of its includes are those of other sources too. */
void collect_source(struct collector *collector, const struct source *source, size_t shared);

/* All jobs in order, merged and checked against each other. */
void collect_finish(struct collector *collector, struct model *ret_model);

/* Whether clang had errors in the first pass, which the missing header may have caused. */
bool collect_has_errors(const struct collector *collector);

/* Second pass over the sources that had errors, with `header` (NULL: none could be made) as the
 * generated one: what remains is told. */
void collect_recheck(struct collector *collector, const char *header);

/* Every file that a parse has read; in no order, with repetitions. */
const char *const *collect_files(const struct collector *collector, size_t *ret_count);

#endif
