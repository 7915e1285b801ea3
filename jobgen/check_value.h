/* SPDX-License-Identifier: MIT */
/* Checks of what is passed or returned by value. */
#ifndef JOBGEN_CHECK_VALUE_H
#define JOBGEN_CHECK_VALUE_H

struct check_context;

/* Nothing comes out of it, and the words for pointers say nothing of it. */
void check_by_value(struct check_context *context);

/* Callers can name its type. */
void check_tagless_record(struct check_context *context);

#endif
