/* SPDX-License-Identifier: MIT */
/* How much is told; JOBGEN_LOG chooses, and each one tells what those before it tell. */
#ifndef JOBGEN_BASE_LEVEL_H
#define JOBGEN_BASE_LEVEL_H

enum jgi_level {
    JGI_LEVEL_OFF,
    JGI_LEVEL_ERROR, /* deaths and refusals; values of the environment that mean nothing */
    JGI_LEVEL_WARN,  /* what is slower or weaker than it need be */
    JGI_LEVEL_INFO,  /* processes that serve all jobs come and go */
    JGI_LEVEL_DEBUG, /* each execution's begin and end */
    JGI_LEVEL_COUNT
};

#endif
