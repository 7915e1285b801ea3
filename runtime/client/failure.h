/* SPDX-License-Identifier: MIT */
/* This thread's last failure, as jg_last_failure gives it. */
#ifndef JOBGEN_CLIENT_FAILURE_H
#define JOBGEN_CLIENT_FAILURE_H

#include "../wire/outcome.h"

/* Which one of a fan-out's. */
struct jgi_item {
    size_t index, count; /* count 0: it is of none */
};

/* Notes it for this thread and, in the user's process, reports it. `item`: NULL: of no fan-out. */
void jgi_failure_note(const char *job_name, const struct jgi_item *item,
                      const struct jgi_outcome *outcome);

/* This thread's last failure, kept from later ones; put back, it is the last one again. Of this
   thread only. NULL: there is none. */
void *jgi_failure_keep(void);
void jgi_failure_put_back(void *failure);
void jgi_failure_free(void *failure);

#endif
