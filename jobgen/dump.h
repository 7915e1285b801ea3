/* SPDX-License-Identifier: MIT */
/* The model as text: JSON for programs, a list for people. */
#ifndef JOBGEN_DUMP_H
#define JOBGEN_DUMP_H

#include "model.h"

struct strbuf;

/* The whole model as JSON, keys in fixed order, without anything of the machine it ran on. All that
 * the generated files depend on is in it: a run may take them for right where it is the same. */
void dump_model(struct strbuf *out, const struct model *model);

/* Every job with its options and what acts on them. */
void dump_list(struct strbuf *out, const struct model *model);

#endif
