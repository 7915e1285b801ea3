/* SPDX-License-Identifier: MIT */
/* Members of structs that refer to memory. Only generated code includes it, through stub.h.
 *
 * The struct's own functions carry its other members; what its pointers refer to follows by tables,
 * to any depth: `check` notes what there is, in order, and the later steps go by those notes. So
 * what comes back goes where the pointers led at the call, whatever became of them since. */
#ifndef JOBGEN_MEMBER_H
#define JOBGEN_MEMBER_H

#include "codec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A struct while its members are gone through: what their extents may read. */
struct jgi_scope {
    const struct jgi_scope *up;    /* around it; NULL: it is a parameter's, or the result */
    const struct jgi_place *place; /* that it lies in */
    const void *record;
    size_t index;            /* among the elements there */
    bool is_one;             /* there can be one only */
    bool is_here;            /* by value */
    const void *args;        /* struct NAME_args */
    const void *value;       /* what the function has returned; NULL: not yet, or not known */
    struct jgi_encoder *out; /* of the check, which tells what extents have read; else NULL */
};

/* As jgi_read and jgi_read_unsigned, for the extents of members. */
static inline int64_t jgi_scope_read(const struct jgi_scope *scope, const char *name, int64_t value)
{
    return scope->out != NULL ? jgi_read(scope->out, name, value) : value;
}

static inline int64_t jgi_scope_read_unsigned(const struct jgi_scope *scope, const char *name,
                                              uint64_t value)
{
    return scope->out != NULL ? jgi_read_unsigned(scope->out, name, value) : jgi_unsigned(value);
}

enum jgi_member_kind {
    JGI_ELEMENTS,
    JGI_TEXT,    /* a string */
    JGI_STRINGS, /* an array of them */
    JGI_HERE     /* by value, a struct that has such members, or an array of those */
};

struct jgi_member {
    struct jgi_place place; /* is_written: what it refers to comes back */
    enum jgi_member_kind kind;
    bool is_read;      /* goes in */
    bool is_owned;     /* the job allocates it with malloc, and frees what went in */
    bool is_answered;  /* it, or something behind it, comes back */
    bool is_array;     /* JGI_HERE: */
    size_t here_count; /* JGI_HERE: how many */
    size_t offset;     /* in the struct */
    /* In the struct's message: the number of elements and where they are, or a message; and 0 for
       NULL, else one more than the bytes that the job has moved the pointer on. */
    size_t elements, at;
    int64_t (*extent)(const struct jgi_scope *scope); /* NULL: one element, or a string */
    int64_t (*used)(const struct jgi_scope *scope);   /* NULL: the extent, after the call */
    bool is_far; /* what they give after the call is known to the worker alone */
};

/* In all of them: `records` has `count` structs of `place` (NULL: nothing is done), `messages`
 * points to as many pointers to their messages, `args` is struct NAME_args. */

/* Caller. After the checks of all parameters; false: JG_EARGS. */
bool jgi_check_members(struct jgi_encoder *out, const struct jgi_place *place, const void *args,
                       const void *records, size_t count);
void jgi_put_members(struct jgi_encoder *out, const struct jgi_place *place, const void *args,
                     const void *records, const void *messages, size_t count);

/* Worker. */
void jgi_take_members(struct jgi_decoder *in, const struct jgi_place *place, const void *args,
                      void *records, const void *messages, size_t count);
/* `value`: what the function returned. */
void jgi_answer_members(struct jgi_encoder *out, const struct jgi_place *place, const void *args,
                        const void *value, const void *records, const void *messages, size_t count);

/* Caller. `records`: the copies that the caller is given, or that nobody is given. */
void jgi_give_members(struct jgi_decoder *in, const struct jgi_place *place, const void *args,
                      const void *records, const void *messages, size_t count);

#ifdef __cplusplus
}
#endif
#endif
