/* SPDX-License-Identifier: MIT */
/* What a run has read, beside its own output: for the depfile and for the record of inputs. */
#ifndef JOBGEN_FOOTPRINT_H
#define JOBGEN_FOOTPRINT_H

#include "collect.h"
#include "options.h"
#include "prefilter.h"
#include "source.h"

#include <stdbool.h>

struct arena;
struct inputs;

struct footprint {
    struct arena *arena;
    const struct options *options;
    const struct generated_header *generated;
    const struct source_set *sources;
    const struct collection *all;
};

/* Whether the run writes the file. */
bool footprint_is_output(const struct footprint *footprint, const char *path);

/* The depfile's text. */
const char *footprint_depfile(const struct footprint *footprint);

/* Notes what others than the parser will read; before they do. */
void footprint_note_first(const struct footprint *footprint, struct inputs *inputs);

/* Notes all else, once everything has been read. */
void footprint_note(const struct footprint *footprint, struct inputs *inputs);

#endif
