/* SPDX-License-Identifier: MIT */
/* The processors that this process may use. */
#ifndef JOBGEN_BASE_CORES_H
#define JOBGEN_BASE_CORES_H

#ifndef _GNU_SOURCE
#error "cores.h needs _GNU_SOURCE for sched_getaffinity(2)"
#endif
#include <sched.h>

/* At least 1, and at most the 1024 that cpu_set_t has. */
static inline unsigned jgi_core_count(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : (unsigned)count;
}

#endif
