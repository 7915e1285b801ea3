/* SPDX-License-Identifier: MIT */
/* What one source gave, as bytes for the next run. */
#ifndef JOBGEN_KEEP_H
#define JOBGEN_KEEP_H

#include "collect.h"

struct inputs_last;
struct strbuf;

/* Before anything is merged. False: it is to be collected anew. */
bool keep_write(const struct collected *found, struct strbuf *out);

struct keep_setup {
    struct arena *arena; /* the model's */
    struct source_set *sources;
    const struct options *options;
    const struct inputs_last *last;
};

/* What keep_write wrote, about `source` (NULL: about a start, that several share). The bytes live
 * as long as the model. NULL: it is nothing of the kind, or a file that was read has changed. */
struct collected *keep_read(const struct keep_setup *setup, const struct source *source,
                            const char *bytes, size_t length);

#endif
