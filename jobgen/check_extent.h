/* SPDX-License-Identifier: MIT */
/* Checks of extents, size() and used(). */
#ifndef JOBGEN_CHECK_EXTENT_H
#define JOBGEN_CHECK_EXTENT_H

struct check_context;

/* size() is for void *, and the only extent. */
void check_size(struct check_context *context);

/* How many elements a parameter refers to is said. */
void check_pointer_extent(struct check_context *context);

/* An array has the extent that it is declared with. */
void check_extent_differs(struct check_context *context);

/* How many elements what the job allocates has is said. */
void check_result_extent(struct check_context *context);

/* used() is said of what comes back in a room that is larger. */
void check_used(struct check_context *context);

/* What extents read is known when they are evaluated. */
void check_readable(struct check_context *context);

/* A constant extent is a number of elements. */
void check_constant_extent(struct check_context *context);

#endif
