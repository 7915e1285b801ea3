/* SPDX-License-Identifier: MIT */
/* Complaints of a run: collected with place and check name, sorted, printed once. */
#ifndef JOBGEN_DIAG_H
#define JOBGEN_DIAG_H

#include "check_list.h"

#include <stdbool.h>
#include <stdio.h>

struct diag_list;

/* A place in a source; line 0: no place within the file; file NULL: the command line. Columns are
 * bytes from 1. */
struct location {
    const char *file; /* as the user spelled it; lives as long as the model */
    unsigned line, column;
    unsigned length; /* bytes to underline; 0 and 1: a caret only */
};

/* `choices` (NULL: none) are copied. */
struct diag_list *diag_new(const struct check_choices *choices);
void diag_free(struct diag_list *list);

/* `check` must be listed with that severity; what the user chose may leave the complaint out, with
 * its notes, or change a warning into an error. */
void diag_error(struct diag_list *list, struct location at, enum check_name check,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_warning(struct diag_list *list, struct location at, enum check_name check,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Belongs to the complaint added last; `fixit` (may be NULL): the text to write there. */
void diag_note(struct diag_list *list, struct location at, const char *fixit, const char *format,
               ...) __attribute__((format(printf, 4, 5)));

/* Adds the complaints of `more`, but for those that stand there already. */
void diag_append(struct diag_list *list, const struct diag_list *more);

bool diag_has_errors(const struct diag_list *list);

/* Errors and warnings so far: whether something complained between two moments. */
size_t diag_count(const struct diag_list *list);

/* Sorted by file, line, column; clang's look. */
void diag_print(const struct diag_list *list, FILE *stream);

#endif
