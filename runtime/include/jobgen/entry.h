/* SPDX-License-Identifier: MIT */
/* Generated code includes this once, at its end: the entry by which a program's jobs are registered
   and, in a worker process, served before main is reached. */
#ifndef JOBGEN_ENTRY_H
#define JOBGEN_ENTRY_H

#include "stub.h"

typedef void jgi_init(int argc, char **argv, char **envp);

/* Registers the jobs in [first, behind); in a process started as a zygote it also calls the entries
   in (own, end), which have not run yet, and then serves and does not return. `own` NULL: not
   found, or a shared library. */
void jgi_enter(const struct jgi_job *const *first, const struct jgi_job *const *behind,
               jgi_init *const *own, jgi_init *const *end, int argc, char **argv, char **envp);

extern const struct jgi_job *const __start_jgi_jobs[] __attribute__((weak, visibility("hidden")));
extern const struct jgi_job *const __stop_jgi_jobs[] __attribute__((weak, visibility("hidden")));
extern jgi_init *const __init_array_start[] __attribute__((weak, visibility("hidden")));
extern jgi_init *const __init_array_end[] __attribute__((weak, visibility("hidden")));

static void jgi_entry(int argc, char **argv, char **envp)
{
    jgi_init *const *own = __init_array_start;
    while (own != NULL && own != __init_array_end && *own != jgi_entry)
        own++;
    jgi_enter(__start_jgi_jobs, __stop_jgi_jobs, own, __init_array_end, argc, argv, envp);
}

/* Not const: with link-time optimisation the section would have two types. */
static jgi_init *jgi_entry_place __attribute__((section(".init_array"), used)) = jgi_entry;

#endif
