/* SPDX-License-Identifier: MIT */
/* What a source begins with: its first lines of the form #include <...>, before anything but
 * comments, and "NAME.h" last if it follows at once. Sources that begin with the same ones can
 * share one parse of them. */
#ifndef JOBGEN_START_H
#define JOBGEN_START_H

#include "options.h"
#include "source.h"

#include <stdbool.h>

struct arena;

/* Whether nothing in the flags speaks against sharing. */
bool start_is_allowed(const struct compiler_flags *flags);

/* How many of its first includes each source should share with others of the same flags (the same
 * object), by index; 0: none.
 * `is_elsewhere` tells by index where "NAME.h" may be a file that is not generated. */
const size_t *start_choose(struct arena *arena, const struct source *const *sources,
                           const bool *is_elsewhere, size_t count, const char *generated_base);

/* The first `count` includes as a text of their own; the same for all who share them. */
const char *start_text(struct arena *arena, const struct source *source, size_t count);

/* The source's text with these blanked out, so that all else stays where it is. */
const char *start_rest(struct arena *arena, const struct source *source, size_t count);

#endif
