/* SPDX-License-Identifier: MIT */
/* What a parameter is to generated code, and the lines that carry it over. */
#ifndef JOBGEN_PLAN_PARAM_H
#define JOBGEN_PLAN_PARAM_H

#include "model.h"
#include "plan_record.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct template_value;

enum param_kind {
    PARAM_SCALAR,
    PARAM_RECORD,     /* by value */
    PARAM_ONE_SCALAR, /* behind a pointer */
    PARAM_ONE_RECORD,
    PARAM_STRING,  /* in, up to its NUL; or an owned result */
    PARAM_STRINGS, /* in, an array of them */
    PARAM_TEXT,    /* a string in a buffer that the job writes */
    PARAM_ARRAY,
    PARAM_RECORDS
};

struct param_plan {
    const struct param *param;
    enum param_kind kind;
    size_t number;    /* of its field in the messages */
    const char *wire; /* that field: "a_1"; also the name of locals */
    const struct type *element;
    const struct record_plan *record; /* NULL: scalars */
    const char *place;                /* "&square_places[1]" */
    bool is_in, is_out;
    bool is_pointer;
    bool is_given;        /* what the job allocates: a result, or behind a T ** */
    const char *is_there; /* the message's field that tells a NULL: "is_there_4"; NULL: none */
    size_t there_number;  /* of that field */
    bool has_members;     /* that refer to memory */
    bool answers_members; /* though the records go in only, what they refer to comes back */
    /* The extents that say how much comes back, where it is not the room. */
    const struct expr *const *after;
    size_t after_count; /* 0: the room */
    bool is_read_after; /* extents after the call read it */
};

/* A job's parameters, and the result behind them. */
struct job_plan {
    const struct job *job;
    const struct record_plans *records;
    struct param_plan *params;
    size_t count;
    struct param_plan *result;       /* NULL: void */
    const struct param_plan **order; /* arrays, each behind those that its extent reads */
    size_t order_count;
    size_t room_count;
    const struct expr **notes; /* what is noted at the call, to be read when the result is there */
    size_t note_count;
    bool has_cycle;
    const struct expr *unreadable; /* an extent that the caller cannot work out afterwards */
};

struct job_plan *job_plan_new(struct arena *arena, const struct job *job,
                              const struct record_plans *records, const char *places);

/* An extent, or two, of a parameter that is read at that moment: an int64_t. */
enum plan_moment {
    MOMENT_CALL,   /* the caller encodes */
    MOMENT_RUN,    /* the worker, before the function and after it */
    MOMENT_RESULT, /* the caller has the result's message */
};
const char *plan_extent(struct arena *arena, const struct job_plan *plan,
                        const struct expr *const *extents, size_t count, enum plan_moment moment);

#endif
