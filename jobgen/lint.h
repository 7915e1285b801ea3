/* SPDX-License-Identifier: MIT */
/* Warnings of what jobs do that does not survive the way to another process. */
#ifndef JOBGEN_LINT_H
#define JOBGEN_LINT_H

#include "diag.h"
#include "model.h"
#include "source.h"

struct arena;

/* Follows each job through what it calls in the sources of the set, in an order that does not
 * depend on that of the command line or of threads. A comment "jobgen: no-warn CHECK" in front of
 * or within a function, or beside a variable, keeps it out. */
void lint_sources(struct arena *arena, const struct source_set *set, const struct model *model,
                  struct diag_list *diags);

#endif
