/* SPDX-License-Identifier: MIT */
/* A tagged function on its way to becoming a job: the signature, the annotation, and what joins
 * them. */
#ifndef JOBGEN_CANDIDATE_H
#define JOBGEN_CANDIDATE_H

#include "annotation.h"
#include "model.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>

struct candidate {
    struct job job;
    struct param *params; /* job.params, still to be changed */
    struct param *result; /* job.result, likewise */
    const struct annotation *annotation;
    /* What the annotation says of each parameter and, behind them, of the result; NULL: nothing. */
    const struct directive **directives;
    /* Those of members, "@in s->data[n]". */
    const struct directive **member_directives;
    size_t member_directive_count;
    /* The extents of each directive, resolved, even where the C declaration's are taken. */
    const struct expr *const **written_extents;
    const struct source *source; /* where the tag stands */
    size_t tag_offset;
    struct location job_location; /* of the tag */
    bool *is_unnamed;             /* by parameter */
    bool *is_macro; /* by parameter: its name is an object-like macro where the tag stands */
    /* By parameter and, behind them, of the result: what is wrong with it has been told, and it is
       not looked at further. */
    bool *is_refused;
    bool is_broken; /* something was refused; it has been told */
};

/* What an expression may name beside parameters. */
struct constant_scope {
    /* The value of an enumerator: the magnitude, and its sign. False: there is none. */
    bool (*find_enumerator)(void *user, const char *name, uint64_t *ret_magnitude,
                            bool *ret_is_negative);
    bool (*is_macro)(void *user, const char *name);
    void *user;
};

#endif
