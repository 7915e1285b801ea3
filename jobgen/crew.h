/* SPDX-License-Identifier: MIT */
/* The threads that parse. */
#ifndef JOBGEN_CREW_H
#define JOBGEN_CREW_H

#include "collect.h"
#include "options.h"
#include "prefilter.h"
#include "source.h"

#include <stddef.h>

struct crew;
struct diag_list;
struct libclang;

struct crew_setup {
    const struct options *options;
    struct libclang *libclang;
    struct source_set *sources;
    const struct generated_header *generated;
};

struct crew_task {
    const struct source *source;
    size_t shared; /* of its first includes, with other sources */
};

struct crew *crew_new(const struct crew_setup *setup);

/* All that was collected lives until then. */
void crew_free(struct crew *crew);

/* What each source gave, by index, whichever thread read it; the list and its items are to be freed
 * before the crew. Told in `diags` is only that nothing can be parsed. */
struct collected **crew_run(struct crew *crew, const struct crew_task *tasks, size_t count,
                            struct diag_list *diags);

/* Of the calling thread. */
struct collector *crew_collector(struct crew *crew);
struct reader *crew_reader(struct crew *crew);

#endif
