/* SPDX-License-Identifier: MIT */
/* Makes the zygote's memory cheap to fork. */
#ifndef JOBGEN_WORKER_LEAN_H
#define JOBGEN_WORKER_LEAN_H

/* Once, after the constructors and before the first fork. Changes nothing that a program can see;
 * where the kernel does not help, forks just take longer. */
void jgi_lean(void);

#endif
