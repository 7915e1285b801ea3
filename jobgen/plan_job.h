/* SPDX-License-Identifier: MIT */
/* What templates see of one job; for plan*.c only. */
#ifndef JOBGEN_PLAN_JOB_H
#define JOBGEN_PLAN_JOB_H

#include "plan_names.h"
#include "plan_record.h"

struct arena;
struct diag_list;
struct member_tables;
struct template_value;

/* What all jobs of a model share. */
struct plan {
    struct arena *arena;
    const struct model *model;
    struct plan_names *names;
    struct record_plans records;
    struct member_tables *tables;
    struct diag_list *diags;
};

/* Sets all that templates see of the job. Complains of what cannot be generated. */
void plan_show_job(struct plan *plan, const struct job *job, struct template_value *shown);

#endif
