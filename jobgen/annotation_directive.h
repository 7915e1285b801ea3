/* SPDX-License-Identifier: MIT */
/* The parser's part for @in, @out, @inout and @field. */
#ifndef JOBGEN_ANNOTATION_DIRECTIVE_H
#define JOBGEN_ANNOTATION_DIRECTIVE_H

#include "diag.h"

struct annotation_parser;

/* What follows "@in", "@out" or "@inout": `word`, without its @, which stands at `at`. */
void annotation_take_direction(struct annotation_parser *parser, const char *word,
                               struct location at);

/* What follows "@field", which stands at `at`. */
void annotation_take_field(struct annotation_parser *parser, struct location at);

#endif
