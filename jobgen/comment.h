/* SPDX-License-Identifier: MIT */
/* Comments: their text without their frames, and those that hold a directive. */
#ifndef JOBGEN_COMMENT_H
#define JOBGEN_COMMENT_H

#include "mapped_text.h"
#include "near_directive.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* What a comment holds, without parsing it. */
struct comment_hint {
    bool has_job, has_direction, has_field;
    size_t job_offset, direction_offset, field_offset; /* of the @ of the first one */
    size_t job_count;
    struct near_directive near; /* the first one */
};
struct comment_hint comment_scan(const struct source *source, size_t begin, size_t end);

/* Whether it holds a directive. */
bool comment_is_read(const struct comment_hint *hint);

/* A stretch of source that is one comment, or line comments on neighbouring lines. */
struct comment_block {
    size_t begin, end;
    size_t token; /* the first of its tokens */
};

/* The blocks of a source that hold a directive, or almost one; the count comes back. */
const struct comment_block *comment_blocks(struct arena *arena, const struct source *source,
                                           size_t *ret_count);

/* The text of the comment from `begin` to `end`, without stars, slashes and spliced lines. */
struct mapped_text comment_clean(struct arena *arena, const struct source *source, size_t begin,
                                 size_t end);

/* Whether a directive begins at `at` of a cleaned comment. It does at the start of a line, and
 * behind another one. */
bool comment_has_directive_at(const struct mapped_text *text, size_t at, bool is_line_start,
                              bool has_directive);

#endif
