/* SPDX-License-Identifier: MIT */
/* A job's signatures, as templates see them. */
#ifndef JOBGEN_PLAN_SIGNATURE_H
#define JOBGEN_PLAN_SIGNATURE_H

#include "phrase.h"

#include <stdbool.h>

struct plan;
struct template_value;

/* "int a, const double *b"; "" without parameters. */
const char *plan_params_phrase(struct plan *plan, const struct job *job, enum phrase_place place);

/* The parameter lists of all forms. */
void plan_show_signatures(struct plan *plan, const struct job *job, enum phrase_place place,
                          struct template_value *shown);

/* Whether the forms read differently in C++. */
bool plan_differs_in_cpp(const struct job *job);

/* The members of the structs that hold arguments and value. */
void plan_show_args(struct plan *plan, const struct job *job, struct template_value *shown);

#endif
