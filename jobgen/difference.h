/* SPDX-License-Identifier: MIT */
/* What --check shows. */
#ifndef JOBGEN_DIFFERENCE_H
#define JOBGEN_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Prints on standard output, in unified form, how the file (which may be missing) differs from
 * `text`. False with errno: it cannot be shown. */
bool difference_show(const char *path, const char *text, size_t length);

#endif
