/* SPDX-License-Identifier: MIT */
/* Joins annotation and signature: directives find their parameters, expressions their names,
 * everything left unsaid its default. */
#ifndef JOBGEN_DESCRIBE_H
#define JOBGEN_DESCRIBE_H

#include "candidate.h"

struct arena;

void candidate_describe(struct arena *arena, struct candidate *candidate,
                        const struct constant_scope *constants, struct diag_list *diags);

#endif
