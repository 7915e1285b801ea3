/* SPDX-License-Identifier: MIT */
/* Checks of which way what is pointed to goes, and of who owns it. */
#ifndef JOBGEN_CHECK_POINTER_H
#define JOBGEN_CHECK_POINTER_H

struct check_context;

/* A result is @out, if there is one. */
void check_result_direction(struct check_context *context);

/* Nothing comes out of what is const. */
void check_const_out(struct check_context *context);

/* *p is a T ** that receives what the job allocates. */
void check_star(struct check_context *context);

/* Of a T ** it is said what it carries. */
void check_double_pointer(struct check_context *context);

/* Only what the job allocates is owned. */
void check_owned(struct check_context *context);

/* A pointer that is returned is owned. */
void check_borrowed_result(struct check_context *context);

#endif
