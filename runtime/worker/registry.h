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

#endif
