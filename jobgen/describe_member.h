/* SPDX-License-Identifier: MIT */
/* What is said of members, by jobs and by @field: for describe.c and describe_member.c. */
#ifndef JOBGEN_DESCRIBE_MEMBER_H
#define JOBGEN_DESCRIBE_MEMBER_H

#include "describe.h"

struct arena;
struct diag_list;

/* The records around the member that is described. */
struct record_chain {
    const struct record_chain *up; /* NULL: the record is a parameter's */
    const struct record *record;
    const char *name; /* of the parameter, or of the member in `up`, that is or refers to it */
    size_t depth;     /* 1: a parameter's */
};

struct description {
    struct arena *arena;
    struct candidate *candidate;
    const struct constant_scope *constants;
    struct diag_list *diags;
    const struct record_chain *chain; /* NULL: a parameter is described */
    bool is_field;                    /* by @field: names are those of members */
    bool *is_refused;                 /* of the parameter that is described; NULL: none is */
};

/* Tells that something is wrong with the job. */
void description_refuse(struct description *description);

/* What an expression names; NULL: refused. */
const struct expr *description_resolve(struct description *description,
                                       const struct syntax *syntax);
struct expr *description_expr(struct description *description, enum expr_kind kind,
                              const struct syntax *syntax);

/* Takes the directive if it names a member that can be described. */
void member_match(struct description *description, const struct directive *directive,
                  const struct param *param);

/* Describes the members of the record that the parameter is or refers to, if any refer to memory.
 */
void members_describe(struct description *description, struct param *param);

/* What a name, member or * stands for in the description of a member; NULL: refused, or
 * *ret_is_other, if it is nothing of the record's. */
const struct expr *member_resolve(struct description *description, const struct syntax *syntax,
                                  bool *ret_is_other);

#endif
