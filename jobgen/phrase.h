/* SPDX-License-Identifier: MIT */
/* Types and extents as they are written in C and in messages. */
#ifndef JOBGEN_PHRASE_H
#define JOBGEN_PHRASE_H

#include "model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* The type behind all dimensions of an array, or behind a pointer; the type itself otherwise. */
const struct type *phrase_element(const struct type *type);

/* "const double", "struct point": an element with its qualifiers, as NAME.c has it; without where
   `is_bare`. */
const char *phrase_base(struct arena *arena, const struct type *type, bool is_bare);

/* Where a parameter is written. */
enum phrase_place {
    PHRASE_STUB,       /* arrays of two dimensions keep their shape where they can */
    PHRASE_DEFINITION, /* a stub's: bounds that vary are 1, since nothing has checked them yet */
    PHRASE_CPP,        /* the stub for C++: they do not, enums behind pointers are void */
    PHRASE_ARGS,       /* struct NAME_args: records are pointers */
    PHRASE_PLAIN,      /* the user's own function */
};
/* "const double", "const char *const ": what a pointer or array points to, there. */
const char *phrase_pointee(struct arena *arena, const struct type *type, enum phrase_place place);

/* What stands between such a type and a further *: a blank, or nothing. */
const char *phrase_gap(const char *type);

const char *phrase_param(struct arena *arena, const struct job *job, const struct param *param,
                         enum phrase_place place);

/* A declaration of the result's type: `name` is "value", "*ret_value" or "square(uint32_t a)". */
const char *phrase_result(struct arena *arena, const struct type *type, const char *name,
                          enum phrase_place place);

/* "required sint32" has the type "sint32"; arrays: "fixed32", "bytes". Not for records. */
const char *phrase_wire_scalar(const struct type *type);
const char *phrase_wire_array(const struct type *type);

/* The C type of an array's elements in a message: "uint32_t". */
const char *phrase_wire_c(const struct type *type);

/* "JGI_PLAIN", "JGI_BOOL", "JGI_INT16" and so on, "JGI_RECORD". */
const char *phrase_element_kind(const struct type *type);

/* Whether elements in memory and in messages differ in size. */
bool phrase_is_widened(const struct type *type);

/* The value of a message's scalar, checked: "jgi_int8(in, message->a_1)". */
const char *phrase_get(struct arena *arena, const struct type *type, const char *from);

/* The same of a bit-field: "jgi_signed_bits(in, from->a_1, 3)". */
const char *phrase_get_bits(struct arena *arena, const struct type *type, int width,
                            const char *from);

/* The number of elements of an array whose extents are constants. */
uint64_t phrase_constant_count(const struct type *array);

/* As the contents of a string literal. */
const char *phrase_quoted(struct arena *arena, const char *text);

/* ---- extents ---- */

/* How what an extent reads is written: an int64_t, or a smaller integer. */
struct phrase_reader {
    const char *(*read)(void *user, const struct expr *leaf);
    void *user;
};

/* An int64_t: "jgi_multiply(2, a->n)". */
const char *phrase_extent(struct arena *arena, const struct expr *expr,
                          const struct phrase_reader *reader);

/* Whether the expression, or one within, satisfies `is_found`. */
bool expr_has(const struct expr *expr, bool (*is_found)(const struct expr *expr, void *user),
              void *user);

/* As in a declaration: "n * 2 + 1", with the parameters' names in stubs. */
const char *phrase_bound(struct arena *arena, const struct job *job, const struct expr *expr);

/* "[r][c]", as written. */
const char *phrase_extents_written(struct arena *arena, const struct param *param);

#endif
