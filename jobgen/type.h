/* SPDX-License-Identifier: MIT */
/* Questions about types. */
#ifndef JOBGEN_TYPE_H
#define JOBGEN_TYPE_H

#include "model.h"

#include <stdbool.h>

struct arena;

/* An integer, an enum or _Bool: what an extent can read. NULL is none. */
bool type_is_countable(const struct type *type);

/* What text may consist of: char, signed or not. */
bool type_is_byte(const struct type *type);

/* A pointer to pointers. */
bool type_is_double_pointer(const struct type *type);

/* The type behind all dimensions of an array, or behind a pointer. */
const struct type *type_element(const struct type *type);

/* The record behind all pointers and dimensions; NULL: there is none. */
const struct record *type_record(const struct type *type);

/* Whether a member, or one of its members, refers to memory. */
bool record_has_pointers(const struct record *record);

/* A type as a message shows it. */
const char *type_print(struct arena *arena, const struct type *type);

#endif
