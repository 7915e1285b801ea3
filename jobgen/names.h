/* SPDX-License-Identifier: MIT */
/* The names that generated code uses: parameters made safe, generated names found free. */
#ifndef JOBGEN_NAMES_H
#define JOBGEN_NAMES_H

#include "candidate.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A name that a source already uses at file scope. */
struct name_use {
    const char *name;
    struct location location; /* file NULL: in no file that can be shown */
};

/* Sets `stub_name` of every parameter. */
void names_assign(struct arena *arena, struct candidate *candidate);

/* Whether a job could be such that `name` is generated for it. */
bool name_may_be_generated(const char *name);

/* Whether NAME.c could have a static of that name: plan.c and plan_record.c wish for them. */
bool name_may_be_static(const char *name);

/* Whether functions of NAME.c hide a type of that name. */
bool name_is_local(const char *name);

/* Whether struct NAME_result has such a member, which hides the type from C++. */
bool name_is_of_result(const char *name);

/* Whether the job's stubs name a record without a tag by `name`. */
bool name_is_spelled(const struct job *job, const char *name);

/* Complains of every generated name that a source or another job has taken. */
void names_check(struct arena *arena, const struct model *model, const struct name_use *uses,
                 size_t use_count, struct diag_list *diags);

/* Whether C++ cannot write this name. */
bool name_is_cpp_keyword(const char *name);

#endif
