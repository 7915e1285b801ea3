/* SPDX-License-Identifier: MIT */
/* What the lines of several steps say alike; for plan_lines*.c only. */
#ifndef JOBGEN_PLAN_LINE_H
#define JOBGEN_PLAN_LINE_H

#include "plan_param.h"

#include <stdbool.h>

struct arena;
struct template_value;

/* The lines of one function of one job. */
struct lines {
    struct arena *arena;
    const struct job_plan *plan;
    struct template_value *list;
};

void lines_add(const struct lines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Elements whose number an extent says, in the caller's memory. */
bool param_is_array(const struct param_plan *param);

/* Whether what the pointers of its structs refer to is sent ... */
bool param_members_go_in(const struct param_plan *param);

/* ... and whether it is answered. */
bool param_members_come_back(const struct param_plan *param);

/* The caller's pointer, as the functions of codec.h take it. */
const char *lines_pointer(const struct lines *lines, const struct param_plan *param,
                          const char *args);

/* Where the number of its elements is kept. */
const char *lines_room(const struct lines *lines, const struct param_plan *param);

/* The structs of a parameter that have members, as the functions of member.h take them:
 * "&f_places[1], a, a->m". */
const char *lines_structs(const struct lines *lines, const struct param_plan *param,
                          const char *args, const char *records);

/* "&message.m_1, 1", "message.m_1, rooms[1]" */
const char *lines_messages(const struct lines *lines, const struct param_plan *param,
                           const char *message, const char *count);

/* The elements of an array, `count` of them. */
void lines_put_elements(const struct lines *lines, const struct param_plan *param,
                        const char *message, const char *array, const char *count);

/* "a->p != NULL ? value : otherwise", where it may be NULL. */
const char *lines_unless_null(const struct lines *lines, const struct param_plan *param,
                              const char *args, const char *value, const char *otherwise);

/* A struct behind a pointer. */
const char *lines_put_record(const struct lines *lines, const struct param_plan *param,
                             const char *args);

/* Its type without qualifiers. */
const char *lines_bare(const struct lines *lines, const struct param_plan *param);

/* Its value, out of the message. */
const char *lines_get(const struct lines *lines, const struct param_plan *param,
                      const char *message);

/* Before what reads a message that is missing where a NULL was sent. */
const char *lines_guard(const struct lines *lines, const struct param_plan *param,
                        const char *message);

/* "message->a_1, message->n_a_1" */
const char *lines_elements(const struct lines *lines, const struct param_plan *param,
                           const char *message);

#endif
