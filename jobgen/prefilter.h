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

struct prefilter_result {
    bool needs_parse;
    /* Where the parser will look for the generated header because a file includes it by a path
     * ("gen/jobs.h"). */
    const char *const *spelled;
    size_t spelled_count;
    /* Files that an earlier run wrote elsewhere, and that the parser finds first. */
    const char *const *earlier;
    size_t earlier_count;
    bool has_other_header; /* the source includes a file that only has the generated one's name */
    /* The source and all that was looked through, or at, for it. */
    const struct source *const *texts;
    size_t text_count;
};

struct prefilter_result prefilter_run(struct arena *arena, struct source_set *sources,
                                      const struct source *source,
                                      const struct compiler_flags *flags,
                                      const struct generated_header *generated);

/* Whether the path names the generated header in DIR. */
bool generated_header_is(struct arena *arena, const struct generated_header *generated,
                         const char *path);

#endif
