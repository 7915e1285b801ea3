/* SPDX-License-Identifier: MIT */
/* Joins annotation and signature: directives find their parameters, expressions their names,
 * everything left unsaid its default. */
#ifndef JOBGEN_DESCRIBE_H
#define JOBGEN_DESCRIBE_H

#include "candidate.h"

struct arena;

void candidate_describe(struct arena *arena, struct candidate *candidate,
                        const struct constant_scope *constants, struct diag_list *diags);

/* Whether a type is an integer, an enum or _Bool: what an extent can read. */
bool type_is_countable(const struct type *type);

/* The type behind all dimensions of an array, or behind a pointer. */
const struct type *type_element(const struct type *type);

/* Whether a member, or one of its members, refers to memory. */
bool record_has_pointers(const struct record *record);

/* The record behind all pointers and dimensions; NULL: there is none. */
const struct record *type_record(const struct type *type);

/* A pointer to pointers. */
bool type_is_byte(const struct type *type); /* what text may consist of: char, signed or not */
bool type_is_double_pointer(const struct type *type);

/* A type as a message shows it. */
const char *type_print(struct arena *arena, const struct type *type);

#endif
