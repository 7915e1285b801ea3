/* SPDX-License-Identifier: MIT */
/* The jobs linked into this program, as the entries of generated code have told them. */
#ifndef JOBGEN_WORKER_REGISTRY_H
#define JOBGEN_WORKER_REGISTRY_H

#include <jobgen/stub.h>

/* The job of that interface, or NULL. Fast: called for every execution. Threads: any. */
const struct jgi_job *jgi_registry_find(uint64_t interface_hash);

/* Number of jobs, and the i-th. */
size_t jgi_registry_count(void);
const struct jgi_job *jgi_registry_at(size_t index);

/* Adds one module's table; again with the same one: nothing. Before threads start, or under
 * dlopen's lock. */
void jgi_registry_add(const struct jgi_job *const *first, const struct jgi_job *const *behind);

#endif
