/* SPDX-License-Identifier: MIT */
/* One run: options -> prefilter, read, collect -> model -> check -> plan -> render -> write. */
#ifndef JOBGEN_PIPELINE_H
#define JOBGEN_PIPELINE_H

struct options;

/* The process's exit code: 0 done, 1 complaints about the input, 2 wrong usage. */
int pipeline_run(const struct options *options);

#endif
