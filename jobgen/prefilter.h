/* SPDX-License-Identifier: MIT */
/* Which sources need parsing at all: those that hold a tag, or include, as far as text can tell,
 * something that may. */
#ifndef JOBGEN_PREFILTER_H
#define JOBGEN_PREFILTER_H

#include "options.h"
#include "source.h"

struct arena;

/* The generated header, which is never looked into. */
struct generated_header {
    const char *base;      /* "jobs.h" */
    const char *directory; /* real path of DIR, NULL while it does not exist */
};

bool prefilter_needs_parse(struct arena *arena, struct source_set *sources,
                           const struct source *source, const struct options *options,
                           const struct generated_header *generated);

/* Every include that names the generated header by a path ("gen/jobs.h"), as written; for the
 * overlay. The count comes back. */
const char *const *prefilter_spelled_paths(struct arena *arena, const struct source *source,
                                           const struct generated_header *generated,
                                           size_t *ret_count);

/* Folders of -I, -iquote and -isystem, in order; bit by bit what each is for. */
struct search_folder {
    const char *path;
    bool is_quote, is_system;
};
const struct search_folder *prefilter_folders(struct arena *arena, const struct options *options,
                                              size_t *ret_count);

/* The folder part of a path, with its slash; "" for a bare name. */
const char *path_folder(struct arena *arena, const char *path);
const char *path_base(const char *path);

#endif
