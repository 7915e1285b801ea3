/* SPDX-License-Identifier: MIT */
/* A private directory for files that only another program or library reads. */
#ifndef JOBGEN_WORKPLACE_H
#define JOBGEN_WORKPLACE_H

#include <stdbool.h>

struct workplace {
    char folder[4096]; /* "" while it is not open */
};

/* False with errno. */
bool workplace_open(struct workplace *place);

/* Removes it with all the files in it. */
void workplace_close(struct workplace *place);

#endif
