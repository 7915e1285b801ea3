/* SPDX-License-Identifier: MIT */
/* The statements of a job's encode, run and decode functions. */
#ifndef JOBGEN_PLAN_LINES_H
#define JOBGEN_PLAN_LINES_H

#include "plan_param.h"

/* Each fills a list of lines; "" is an empty one. What the functions begin and end with is the
 * template's. */
void plan_lines_check(struct arena *arena, const struct job_plan *plan,
                      struct template_value *list);
void plan_lines_put(struct arena *arena, const struct job_plan *plan, struct template_value *list);
void plan_lines_take(struct arena *arena, const struct job_plan *plan, struct template_value *list);
void plan_lines_answer(struct arena *arena, const struct job_plan *plan,
                       struct template_value *list);
void plan_lines_give(struct arena *arena, const struct job_plan *plan, struct template_value *list);

/* "uint32_t value = square(a.a)", where `callee` is "square". */
const char *plan_lines_call(struct arena *arena, const struct job_plan *plan, const char *callee);

#endif
