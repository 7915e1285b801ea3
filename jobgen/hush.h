/* SPDX-License-Identifier: MIT */
/* Comments that turn a check off where they stand: "jobgen: no-warn CHECK, CHECK". */
#ifndef JOBGEN_HUSH_H
#define JOBGEN_HUSH_H

#include "diag.h"
#include "source.h"

struct arena;

/* Whether a comment between two bytes of the source turns the check off. */
bool hush_has(const struct source *source, size_t begin, size_t end, enum check_name check);

/* Tells of names in such comments that are no checks, or cannot be turned off there. */
void hush_check(struct arena *arena, const struct source *source, struct diag_list *diags);

#endif
