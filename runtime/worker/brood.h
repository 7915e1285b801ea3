/* SPDX-License-Identifier: MIT */
/* The zygote's children: its workers, and what workers leave behind. */
#ifndef JOBGEN_WORKER_BROOD_H
#define JOBGEN_WORKER_BROOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct jgi_brood_worker {
    pid_t pid;
    bool was_alive; /* a probe found it so, and killed it */
};

struct jgi_brood {
    struct jgi_brood_worker *workers;
    size_t count, room;
    pid_t *helpers; /* children that constructors made; left alone until the end */
    size_t helper_count;
    bool has_lost_helpers; /* no memory to note them all: then strays cannot be told from them */
    uint64_t sweep_ns;     /* when to look for strays next; JGI_NEVER: not at all */
};

/* Notes the children that there are already. This process becomes the one that orphans among its
   descendants are given to. */
void jgi_brood_init(struct jgi_brood *brood);

/* Makes room for one more; false: no memory. */
bool jgi_brood_reserve(struct jgi_brood *brood);

void jgi_brood_add(struct jgi_brood *brood, pid_t pid);

/* NULL: not one of the workers, or reaped already. */
struct jgi_brood_worker *jgi_brood_find(struct jgi_brood *brood, pid_t pid);

/* A worker was reaped; soon it is looked whether something of it was left. */
void jgi_brood_remove(struct jgi_brood *brood, struct jgi_brood_worker *worker);

/* To the worker's process group. */
void jgi_brood_signal(const struct jgi_brood_worker *worker, int signal_number);

/* When it is time: kills every child that is neither worker nor helper, and again until there is
   none. They are reaped like workers. */
void jgi_brood_sweep(struct jgi_brood *brood);

/* Kills and reaps all that descends from this process; after two seconds it gives up. */
void jgi_brood_end(struct jgi_brood *brood);

#endif
