/* SPDX-License-Identifier: MIT */
/* What each check of a parameter is given, and what several of them ask; for check*.c only. */
#ifndef JOBGEN_CHECK_CONTEXT_H
#define JOBGEN_CHECK_CONTEXT_H

#include "candidate.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct check_context {
    struct arena *arena;
    struct candidate *candidate;
    struct diag_list *diags;
    enum check_name name; /* of the check that runs */
    size_t index;         /* of the parameter looked at */
    const struct param *param;
    const struct directive *directive; /* NULL: none */
    bool is_result;
};

const char *context_job(const struct check_context *context);

/* A pointer or an array. */
bool context_is_pointed(const struct check_context *context);

/* What is described: of `*p` what the T ** receives. */
const struct type *context_type(const struct check_context *context);

bool context_is_char_pointer(const struct check_context *context);

/* A pointer to pointers, or an array of them. */
bool context_is_double_pointer(const struct check_context *context);

/* The job allocates it: a result, or what a T ** receives. */
bool context_is_given(const struct check_context *context);

/* Offers a directive: instead of the parameter's, or as a new one. One that is not complete the
 * user has to fill in. */
void context_offer(struct check_context *context, const char *why, bool is_complete,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* What is not const and stands alone, or behind a row of integers, none of which counts it then. */
bool context_is_likely_one(const struct check_context *context);

/* Offers what is right for the length of the parameter before it, as zlib's destLen is. False: it
 * is none. */
bool context_offer_length(struct check_context *context);

/* As context_offer, counted by the integer beside the parameter. */
void context_offer_counted(struct check_context *context, const char *direction, const char *what);

#endif
