/* SPDX-License-Identifier: MIT */
/* The Make-style list of what a run has read. */
#ifndef JOBGEN_DEPFILE_H
#define JOBGEN_DEPFILE_H

#include <stddef.h>

struct strbuf;

/* `target: files...`, each file once, sorted; spaces, # and $ escaped. */
void depfile_print(struct strbuf *out, const char *target, const char *const *files, size_t count);

#endif
