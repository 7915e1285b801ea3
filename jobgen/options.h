/* SPDX-License-Identifier: MIT */
/* The command line. */
#ifndef JOBGEN_OPTIONS_H
#define JOBGEN_OPTIONS_H

#include "check_list.h"
#include "model.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct options {
    const char *output;    /* NULL: not given */
    const char *name;      /* "jobs" unless given */
    const char *depfile;   /* NULL: none */
    const char *templates; /* NULL: the embedded ones */
    bool wants_dump;
    const char *dump_file; /* NULL: standard output */
    bool wants_list;
    struct job_options defaults;
    struct check_choices checks;
    const char *const *files;
    size_t file_count;
    const char *const *flags; /* behind -- */
    size_t flag_count;
};

enum options_outcome { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* Reads the command line; what is wrong is told on stderr, --help and --version on stdout. Texts
 * are borrowed from argv or live in `arena`. */
enum options_outcome options_parse(struct arena *arena, int argc, char **argv,
                                   struct options *ret_options);

#endif
