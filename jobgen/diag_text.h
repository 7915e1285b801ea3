/* SPDX-License-Identifier: MIT */
/* Complaints for people, in clang's look. */
#ifndef JOBGEN_DIAG_TEXT_H
#define JOBGEN_DIAG_TEXT_H

#include "diag.h"

#include <stdio.h>

/* Each with its line, a caret, what to write, and its notes; how many there were at the end. */
void diag_print(struct diag_list *list, FILE *stream, bool is_coloured);

#endif
