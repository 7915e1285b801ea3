/* SPDX-License-Identifier: MIT */
/* Carries a job as it was collected. */
#ifndef JOBGEN_KEEP_MODEL_H
#define JOBGEN_KEEP_MODEL_H

#include "candidate.h"

struct courier;

/* All but where the tag stands, and what serves only to describe and check the job. */
void carry_candidate(struct courier *courier, struct candidate *candidate);

void carry_location(struct courier *courier, struct location *at);

#endif
