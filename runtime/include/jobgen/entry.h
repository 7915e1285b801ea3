/* SPDX-License-Identifier: MIT */
/* Generated code includes this once, at its end: the entry by which a program's jobs are registered
   and, in a worker process, served before main is reached. */
#ifndef JOBGEN_ENTRY_H
#define JOBGEN_ENTRY_H

#include "stub.h"

extern const struct jgi_job *const __start_jgi_jobs[] __attribute__((weak, visibility("hidden")));
extern const struct jgi_job *const __stop_jgi_jobs[] __attribute__((weak, visibility("hidden")));
extern const jgi_init __init_array_start[] __attribute__((weak, visibility("hidden")));
extern const jgi_init __init_array_end[] __attribute__((weak, visibility("hidden")));

static void jobgen_entry(int argc, char **argv, char **envp)
{
    const jgi_init *own = __init_array_start;
    while (own != NULL && own != __init_array_end && *own != jobgen_entry)
        own++;
    jgi_enter(__start_jgi_jobs, __stop_jgi_jobs, own, __init_array_end, argc, argv, envp);
}

/* Not const: with link-time optimisation the section would have two types. */
static jgi_init jobgen_entry_place __attribute__((section(".init_array"), used)) = jobgen_entry;

#endif
