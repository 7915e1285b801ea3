/* SPDX-License-Identifier: MIT */
/* How the process takes its memory from the system. */
#ifndef JOBGEN_HEAP_H
#define JOBGEN_HEAP_H

#include <stddef.h>

/* To be called by the only thread before the first parse; so many threads will parse. */
void heap_prepare(size_t thread_count);

#endif
