/* SPDX-License-Identifier: MIT */
/* Records: their message, and the functions between both. */
#ifndef JOBGEN_PLAN_RECORD_H
#define JOBGEN_PLAN_RECORD_H

#include "model.h"
#include "plan_names.h"

struct arena;
struct template_value;

struct record_plan {
    const struct record *record;
    const char *spelling; /* "struct point" */
    struct message_name message;
    const char *put, *get, *codec; /* statics: two functions, and the struct jgi_record */
};

/* All records of the model, in its order. */
struct record_plans {
    const struct record_plan *plans;
    size_t count;
};

struct record_plans record_plans_new(struct arena *arena, struct plan_names *names,
                                     const struct model *model);
const struct record_plan *record_plan_find(const struct record_plans *plans,
                                           const struct record *record);

/* Adds what templates see of each to the list. */
void record_plans_show(struct arena *arena, const struct record_plans *plans,
                       struct template_value *list);

#endif
