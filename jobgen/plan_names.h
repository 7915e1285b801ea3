/* SPDX-License-Identifier: MIT */
/* The names that generated files make up: of messages, of their members, of static functions. */
#ifndef JOBGEN_PLAN_NAMES_H
#define JOBGEN_PLAN_NAMES_H

#include "model.h"

struct arena;
struct plan_names;

/* A message: its name in the .proto file, and what protoc-c makes of it. */
struct message_name {
    const char *proto;  /* "square_args" */
    const char *type;   /* "Jobs__SquareArgs" */
    const char *prefix; /* "jobs__square_args" */
    const char *macro;  /* "JOBS__SQUARE_ARGS" */
};

struct plan_names *plan_names_new(struct arena *arena, const struct model *model);

/* "jobs": NAME where identifiers are needed. */
const char *plan_names_package(const struct plan_names *names);

/* A message that folds to no other's C names. Each wish once. */
struct message_name plan_names_message(struct plan_names *names, const char *wish);

/* A name for a static of NAME.c that no job, parameter, header or other static has. Each wish once.
 */
const char *plan_names_static(struct plan_names *names, const char *wish);

/* "a_1": the member of a message. */
const char *plan_names_member(struct arena *arena, const char *name, size_t number);

#endif
