/* SPDX-License-Identifier: MIT */
/* The jobs of this program, as the library finds them. */
#ifndef JOB_NAMED_H
#define JOB_NAMED_H

#include <jobgen/stub.h>

#include <stdlib.h>
#include <string.h>

extern const struct jgi_job *const __start_jgi_jobs[];
extern const struct jgi_job *const __stop_jgi_jobs[];

/* Aborts if there is none. */
static inline const struct jgi_job *t_job_named(const char *name)
{
    for (const struct jgi_job *const *job = __start_jgi_jobs; job < __stop_jgi_jobs; job++)
        if ((*job)->abi == JGI_ABI && strcmp((*job)->name, name) == 0) return *job;
    abort();
}

#endif
