/* SPDX-License-Identifier: MIT */
/* What the descriptions of members must obey. */
#ifndef JOBGEN_CHECK_MEMBER_H
#define JOBGEN_CHECK_MEMBER_H

#include "candidate.h"

struct arena;

/* Tells what is wrong with the members of the record that the parameter is or refers to. */
void check_members(struct arena *arena, struct candidate *candidate, const struct param *param,
                   struct diag_list *diags);

#endif
