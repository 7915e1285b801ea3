/* SPDX-License-Identifier: MIT */
/* What templates see of the model: every name, number and phrase of the generated files. */
#ifndef JOBGEN_PLAN_H
#define JOBGEN_PLAN_H

#include "diag.h"
#include "model.h"

struct arena;
struct template_value;

/* The ABI of libjobgen that generated code is made for: JGI_ABI of stub.h. */
enum { PLAN_ABI = 1 };

/* The tree for templates; it lives in `arena`. Complains of what cannot be generated. */
struct template_value *plan_make(struct arena *arena, const struct model *model,
                                 struct diag_list *diags);

#endif
