/* SPDX-License-Identifier: MIT */
/* The lines of sources that complaints point to. */
#ifndef JOBGEN_SHOWN_LINE_H
#define JOBGEN_SHOWN_LINE_H

#include "diag.h"
#include "strbuf.h"

/* The file whose lines were shown last; zero-initialised. */
struct shown_file {
    const char *path; /* borrowed */
    struct strbuf text;
};

void shown_file_fini(struct shown_file *file);

/* The line of a place, without its end; NULL: it cannot be shown. */
const char *shown_line_find(struct shown_file *file, struct location at, size_t *ret_length);

#endif
