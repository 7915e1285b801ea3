/* SPDX-License-Identifier: MIT */
/* The job model: what was found in the sources, free of libclang and of how it will be emitted. One
 * tree in one arena. */
#ifndef JOBGEN_MODEL_H
#define JOBGEN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"

struct directive;

enum type_kind {
    TYPE_VOID, /* behind a pointer: bytes, so that bits is 8 */
    TYPE_BOOL,
    TYPE_INTEGER,
    TYPE_FLOATING, /* float, double */
    TYPE_COMPLEX,  /* float _Complex, double _Complex; bits are those of both parts */
    TYPE_ENUM,     /* bits and is_signed are its integer type's */
    TYPE_RECORD,   /* struct; a union is refused before it gets here */
    TYPE_POINTER,
    TYPE_ARRAY /* parameters keep the array as written; stubs decay its outermost dimension */
};

struct type {
    enum type_kind kind;
    bool is_const, is_volatile;
    /* Scalars: as stubs write it, resolved (API.md "Shape"): "uint32_t", "unsigned int", "bool",
       "double"; an enum: its integer type, "unsigned int". Without qualifiers. NULL for records,
       pointers, arrays. */
    const char *spelling;
    unsigned bits; /* scalars, in the target */
    bool is_wide;  /* 64 bits in messages whatever the target has: long, size_t */
    uint64_t size_bytes, align_bytes; /* in the target; 0: not known */
    bool is_signed;
    bool is_plain_char;   /* char, whose sign is the machine's */
    const char *enum_tag; /* TYPE_ENUM: "colour", NULL if it has none */
    const struct record *record;
    const struct type *element; /* of pointer and array */
    const struct expr *extent;  /* array: number of elements; NULL: [] */
};

struct field {
    const char *name; /* NULL, among members only: unnamed bit-field or anonymous member */
    const struct type *type;
    int bit_width; /* -1: no bit-field */
    uint64_t offset_bits;
    bool is_packed; /* needs the attribute to be restated */
    uint64_t align; /* likewise, in bytes; 0: none */
    struct location location;
};

struct record {
    const char *tag; /* NULL: tagless */
    const char
        *typedef_name;    /* of a tagless one; NULL too: an anonymous member, or a member's own */
    const char *own_name; /* what NAME.c calls a tagless one: typedef_name, unless that would be
                             hidden there; set when it is planned */
    const char *key;      /* what makes it one type across files: "struct s", "rec", "s.inner" */
    const struct field *fields; /* what travels; those of anonymous members stand among them */
    size_t field_count;
    const struct field *members; /* as declared */
    size_t member_count;
    const struct record *outer; /* of a member's own: the record that declares it */
    const char *holder;         /* and its member there */
    uint64_t size_bytes, align_bytes;
    bool is_packed;          /* needs __attribute__((packed)) to be restated */
    uint64_t declared_align; /* of an aligned attribute on the record, 0 none */
    bool is_anonymous;       /* its members are those of the record around it; does not travel */
    const char *header; /* tagless: what to #include, in quotes or brackets; NULL: defined in a .c
                           file, so that callers see void * */
    const char *header_path; /* of that file */
    /* Of a tagless one that a signature names: what that header defines, by key, and why it cannot
       be included, if it cannot. */
    const char *const *header_defines;
    size_t header_define_count;
    const char *header_trouble;
    bool is_included;                   /* a header that generated code includes defines it */
    const struct directive *directives; /* what @field says of its members */
    size_t directive_count;
    struct location location;
    bool is_of_system; /* defined where no user writes */
};

/* Whether callers do not see the record: a tagless one of a .c file, which is void * to them. */
static inline bool record_is_hidden(const struct record *record)
{
    return record && !record->tag && !record->header;
}

enum expr_kind {
    EXPR_INTEGER,
    EXPR_PARAM,
    EXPR_DEREF,
    EXPR_MEMBER,
    EXPR_NEGATE,
    EXPR_PLUS,
    EXPR_BINARY,
    EXPR_RETURN,
    EXPR_SIBLING
};

/* An extent: a C integer expression over parameters, members, enumerators and literals. */
struct expr {
    enum expr_kind kind;
    const char *text; /* as written, for messages */
    struct location location;
    bool is_constant;
    uint64_t integer; /* EXPR_INTEGER; an enumerator that is negative is NEGATE of its magnitude */
    size_t param; /* EXPR_PARAM, EXPR_DEREF (*p), EXPR_MEMBER (p->m, p.m): index in job.params */
    /* EXPR_MEMBER: a member ("n", "head.n") of the parameter's record. EXPR_SIBLING, in what is
       said of a member: one of the record that holds it, or of so many records around that one. */
    const char *path;
    size_t level;
    char op;                         /* EXPR_BINARY: + - * / % */
    const struct expr *left, *right; /* NEGATE and PLUS use left */
    const struct type *type;         /* of PARAM, DEREF, MEMBER, RETURN: the integer type read */
};

enum direction { DIRECTION_IN, DIRECTION_OUT, DIRECTION_INOUT };

/* A parameter, or with name "return" the result. */
struct param {
    const char *name;      /* in the source; argN if unnamed */
    const char *stub_name; /* in stubs and _args: with trailing underscores where needed */
    const struct type *type;
    enum direction direction;
    /* What a pointer or array refers to: the extents, outermost first. None and a pointer: one
       element (a record, @out r), unless is_string. Bytes of void *. From the annotation, or from
       the C declaration of an array parameter. */
    const struct expr *const *extents;
    size_t extent_count;
    const struct expr *used; /* NULL: the extent, read again after the call */
    bool is_star;            /* a T ** that receives what the job allocates: `*p` is described */
    bool is_string;
    bool is_owned;
    bool is_optional;
    /* Of the record that it is or refers to: what members refer to, and records that have such
       members. These are called "s->data", are described like parameters, and have the field. */
    const struct param *members;
    size_t member_count;
    const struct field *field;
    const struct directive *said; /* of a member: where it is described; NULL: nowhere */
    bool keeps_shape; /* an array of two or more dimensions whose inner ones read only integer
                         parameters and constants; not of records, which the header only names */
    struct location location; /* of its name */
};

struct job_options {
    uint64_t memory_bytes; /* default 100 MiB */
    uint64_t fuel;         /* 0: none */
    enum { MODEL_ROUNDROBIN, MODEL_RANDOM, MODEL_LEASTLOADED } fanout;
    int init_retry_interval_ms, async_init_retry_interval_ms, sync_retry_interval_ms,
        async_get_retry_interval_ms, async_set_retry_interval_ms, shutdown_retry_interval_ms;
    bool is_idempotent;
    int retries;
    int timeout_ms; /* 0: none */
    bool is_reuse;
    bool wants_net, wants_spawn;
    const char *read, *write; /* NULL: none */
};

struct job {
    const char *name;
    const char *file;         /* base name of the file where it stands, for generated comments */
    const char *comment;      /* the prose of its comment without the directives; NULL: none */
    struct location location; /* of its name */
    struct job_options options;
    const struct param *params;
    size_t param_count;
    const struct param *result; /* type->kind TYPE_VOID: none */
    bool needs_c; /* stands under #ifndef __cplusplus: a record tag is a C++ keyword */
};

struct model {
    const char *name;       /* NAME */
    const struct job *jobs; /* by file name, then in source order */
    size_t job_count;
    const struct record *const
        *records; /* every record that jobs use, by first use, inner ones before outer ones */
    size_t record_count;
    const char *const *headers; /* #include lines NAME.h needs for tagless records, as spelled with
                                   quotes or brackets */
    size_t header_count;
    const char *const *taken_names; /* by the headers, perhaps: statics of NAME.c avoid them */
    size_t taken_name_count;
};

#endif
