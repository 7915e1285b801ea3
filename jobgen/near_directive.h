/* SPDX-License-Identifier: MIT */
/* What is almost a directive: "@jobs", "@ job", "@feild a[n]", or @job behind text on its line. */
#ifndef JOBGEN_NEAR_DIRECTIVE_H
#define JOBGEN_NEAR_DIRECTIVE_H

#include "mapped_text.h"

#include <stdbool.h>
#include <stddef.h>

struct diag_list;

struct near_directive {
    const char *meant; /* "@job", "@field"; NULL: none */
    bool is_behind_text;
    size_t offset, length; /* in the source, from its @ */
};

/* The one at `at` of a cleaned comment, where no directive begins. Of other words than @job and
 * @field nothing is said here: alone they mean nothing. */
struct near_directive near_directive_at(const struct mapped_text *comment, size_t at,
                                        bool is_line_start);

void near_directive_tell(const struct near_directive *near, const struct source *source,
                         struct diag_list *diags);

#endif
