/* SPDX-License-Identifier: MIT */
/* The jobs linked into this program, as the entries of generated code have told them. */
#ifndef JOBGEN_WORKER_REGISTRY_H
#define JOBGEN_WORKER_REGISTRY_H

#include <jobgen/stub.h>
#include <stdbool.h>

/* The job of that interface, or NULL; jobs of another ABI are not among them. Fast: called for
 * every execution. Threads: any. */
const struct jgi_job *jgi_registry_find(uint64_t interface_hash);

/* Number of jobs, and the i-th, sorted by interface hash. Threads: while no module comes or goes.
 */
size_t jgi_registry_count(void);
const struct jgi_job *jgi_registry_at(size_t index);

/* False: there was no memory for some of them. */
bool jgi_registry_is_whole(void);

/* A module comes, or is about to be unloaded; a table told twice counts once. Before threads start,
 * or under dlopen's lock. Where memory is out its jobs stay unknown. */
void jgi_registry_add(const struct jgi_module *module);
void jgi_registry_remove(const struct jgi_module *module);

#endif
