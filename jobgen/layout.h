/* SPDX-License-Identifier: MIT */
/* Makes rendered C fit its columns, so that templates need not know how long names are. */
#ifndef JOBGEN_LAYOUT_H
#define JOBGEN_LAYOUT_H

#include <stddef.h>

struct strbuf;

/* Adds the text with long lines broken, blanks at line ends gone, and runs of empty lines as one.
 */
void layout_c(struct strbuf *out, const char *text, size_t length);

#endif
