/* SPDX-License-Identifier: MIT */
/* The parser's part for @job and its options. */
#ifndef JOBGEN_ANNOTATION_JOB_H
#define JOBGEN_ANNOTATION_JOB_H

#include "diag.h"

struct annotation_parser;

/* What follows "@job", which stands at `at`. */
void annotation_take_job(struct annotation_parser *parser, struct location at);

#endif
