/* SPDX-License-Identifier: MIT */
/* What a run has noted of what it reads and looks for; for inputs*.c only. */
#ifndef JOBGEN_INPUTS_STATE_H
#define JOBGEN_INPUTS_STATE_H

#include "inputs.h"
#include "strbuf.h"
#include "table.h"

#include <time.h>

/* A file that was looked for; `found` is NULL if it is nowhere. */
struct looked {
    const struct compiler_flags *flags;
    const char *from, *name, *found;
};

struct inputs {
    struct arena *arena;
    const struct options *options;
    struct timespec begin;
    struct table reads;    /* path: struct digest */
    struct table looks;    /* struct looked */
    struct table states;   /* path: "none" or "some" */
    struct table system;   /* folders that headers were found in beyond those of the flags */
    struct strbuf lines;   /* tools, what was written, what is kept */
    struct strbuf parts;   /* what is kept */
    struct digest *starts; /* of those in parts, by number */
    size_t start_count;
    bool is_given_up;
};

/* Notes each place where it is not; gives the record up if something has come to one meanwhile. */
void inputs_look(struct inputs *inputs, const struct looked *looked);

/* Folders that may come to have what none has yet. */
void inputs_add_usual_folders(struct inputs *inputs, const struct compiler_flags *flags);

#endif
