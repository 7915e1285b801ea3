/* SPDX-License-Identifier: MIT */
/* Checks of the word string. */
#ifndef JOBGEN_CHECK_STRING_H
#define JOBGEN_CHECK_STRING_H

struct check_context;

/* A const char * is said to be text or counted bytes. */
void check_string_or_bytes(struct check_context *context);

/* The word stands where there is text, and its room is known. */
void check_string(struct check_context *context);

#endif
