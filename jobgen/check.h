/* SPDX-License-Identifier: MIT */
/* What a job must obey: a table of small named checks. */
#ifndef JOBGEN_CHECK_H
#define JOBGEN_CHECK_H

#include "candidate.h"

struct arena;

/* Runs every check; each complains under its name. Marks the candidate broken on an error. */
void check_candidate(struct arena *arena, struct candidate *candidate, struct diag_list *diags);

#endif
