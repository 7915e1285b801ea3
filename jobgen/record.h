/* SPDX-License-Identifier: MIT */
/* Records as different sources see them. */
#ifndef JOBGEN_RECORD_H
#define JOBGEN_RECORD_H

#include "model.h"

/* Whether two definitions of the same record agree; the records of their members are another
 * question. */
bool record_is_equal(const struct record *a, const struct record *b);

#endif
