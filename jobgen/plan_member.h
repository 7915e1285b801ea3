/* SPDX-License-Identifier: MIT */
/* Tables of the members that refer to memory: one for each way in which jobs describe those of a
 * record. */
#ifndef JOBGEN_PLAN_MEMBER_H
#define JOBGEN_PLAN_MEMBER_H

#include "model.h"
#include "plan_names.h"
#include "plan_record.h"

#include <stdbool.h>

struct arena;
struct member_tables;
struct template_value;

/* Tables are added to the list as they are asked for. */
struct member_tables *member_tables_new(struct arena *arena, struct plan_names *names,
                                        const struct record_plans *records,
                                        struct template_value *list);

/* The struct jgi_record of what the parameter is or refers to, with its members' table. */
const char *member_tables_codec(struct member_tables *tables, const struct job *job,
                                const struct param *param);

/* Whether something that members refer to comes back. */
bool members_are_written(const struct param *param);

#endif
