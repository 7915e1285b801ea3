/* SPDX-License-Identifier: MIT */
/* What one source does to the output of a run. */
#ifndef JOBGEN_EFFECT_H
#define JOBGEN_EFFECT_H

#include "collect.h"
#include "digest.h"
#include "options.h"

struct strbuf;

/* The jobs of one source alone, as --dump-model has them; only after all have been merged, which
 * marks what they share. */
void effect_print_jobs(const struct options *options, struct collected *found, struct strbuf *out);

/* The same as long as the source, whatever else changes in it, has the same jobs, takes the same
 * names, and reads and looks for the same files. */
struct digest effect_of(const struct options *options, struct collected *found);

#endif
