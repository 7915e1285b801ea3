/* SPDX-License-Identifier: MIT */
/* Extent expressions: from text to syntax, and what can be said of them without a target. */
#ifndef JOBGEN_EXPR_H
#define JOBGEN_EXPR_H

#include "annotation.h"
#include "mapped_text.h"

/* Parses an expression at `*at` and leaves `*at` behind it. On trouble one complaint in `diags`
 * and NULL. */
const struct syntax *expr_parse(struct arena *arena, const struct mapped_text *text, size_t *at,
                                struct diag_list *diags);

/* Whether two resolved expressions are the same tree. */
bool expr_equals(const struct expr *a, const struct expr *b);

/* The value of a constant one; false: it has none that fits. */
bool expr_constant(const struct expr *expr, int64_t *ret_value);

/* Calls `visit` for the expression and every one within. */
void expr_walk(const struct expr *expr, void (*visit)(const struct expr *expr, void *user),
               void *user);

#endif
