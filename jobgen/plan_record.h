/* SPDX-License-Identifier: MIT */
/* Records: their message, and the functions between both. */
#ifndef JOBGEN_PLAN_RECORD_H
#define JOBGEN_PLAN_RECORD_H

#include "model.h"
#include "plan_names.h"

struct arena;
struct template_value;

struct record_plan {
    const struct record *record; /* NULL: of a complex number */
    const struct type *complex;
    const char *name;     /* "point" */
    const char *spelling; /* "struct point", "double _Complex" */
    struct message_name message;
    bool is_codec_used;            /* for itself, without a table of members */
    const char *put, *get, *codec; /* statics: two functions, and the struct jgi_record */
};

/* All records of the model, in its order, behind the complex numbers that jobs pass. */
struct record_plans {
    struct record_plan *plans;
    size_t count;
};

struct record_plans record_plans_new(struct arena *arena, struct plan_names *names,
                                     const struct model *model);
const struct record_plan *record_plan_find(const struct record_plans *plans,
                                           const struct record *record);

/* The same of a record or of a complex number; NULL: other types. */
const struct record_plan *record_plan_of(const struct record_plans *plans, const struct type *type);

/* The type of a member's field in the record's message: "bytes", "double", "struct_point". Not of
 * single records. */
const char *member_wire(const struct type *type);

/* The field that tells where a pointer led: "at_data_5". */
const char *member_at(struct arena *arena, const struct record *record, size_t number);

/* Sets what templates see of them: definitions, types of members, functions. */
void record_plans_show(struct arena *arena, const struct record_plans *plans,
                       struct template_value *root);

/* The same of the definitions alone. */
void record_definitions_show(struct arena *arena, const struct record_plans *plans,
                             struct template_value *root);

#endif
