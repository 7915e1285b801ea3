/* SPDX-License-Identifier: MIT */
/* The command line. */
#ifndef JOBGEN_OPTIONS_H
#define JOBGEN_OPTIONS_H

#include "check_list.h"
#include "model.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* For the parser, as one would give them to the compiler. */
struct compiler_flags {
    const char *const *words;
    size_t count;
};

bool compiler_flags_equal(const struct compiler_flags *left, const struct compiler_flags *right);

enum diagnostics_format { DIAGNOSTICS_TEXT, DIAGNOSTICS_JSON, DIAGNOSTICS_SARIF };

enum colour_choice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct options {
    const char *output;    /* NULL: not given */
    const char *name;      /* "jobs" unless given */
    const char *depfile;   /* NULL: none */
    const char *templates; /* NULL: the embedded ones */
    bool wants_dump;
    const char *dump_file; /* NULL: standard output */
    bool wants_list;
    bool is_check;         /* compare only */
    const char *build_dir; /* where compile_commands.json is; NULL: not used */
    size_t thread_count;
    struct job_options defaults;
    struct check_choices checks;
    enum diagnostics_format diagnostics;
    enum colour_choice colour;
    const char *const *files;
    size_t file_count;
    struct compiler_flags flags; /* behind -- */
    const char *const *words;    /* the whole command line, response files expanded */
    size_t word_count;
};

enum options_outcome { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* Reads the command line; what is wrong is told on stderr, --help and --version on stdout. Texts
 * are borrowed from argv or live in `arena`. */
enum options_outcome options_parse(struct arena *arena, int argc, char **argv,
                                   struct options *ret_options);

#endif
