/* SPDX-License-Identifier: MIT */
/* What one source gives: jobs, names, files, complaints. */
#ifndef JOBGEN_COLLECT_H
#define JOBGEN_COLLECT_H

#include "digest.h"
#include "options.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collector;
struct reader;

/* A file as the parser has read it. */
struct file_seen {
    const char *path;
    struct digest digest;
};

/* That a file was looked for by its name. */
struct lookup {
    const char *from, *name; /* `from`: the file that asks; "": the command line */
    const char *found;       /* NULL: not known, or only asked for */
};

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

/* Every file that the parse has read, and every one that it has looked for; in no order, with
 * repetitions. */
struct collected_visitor {
    void (*file)(const struct file_seen *file, void *user);
    void (*lookup)(const struct lookup *lookup, void *user); /* NULL allowed */
    void *user;
};
void collected_visit(const struct collected *found, const struct collected_visitor *visitor);

/* Whether it may have looked for files that are not known. */
bool collected_is_unclear(const struct collected *found);

const struct source *collected_source(const struct collected *found);

/* Whether clang had errors, which the missing header may have caused. */
bool collected_has_failed(const struct collected *found);

#endif
