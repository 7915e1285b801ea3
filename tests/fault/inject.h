/* SPDX-License-Identifier: MIT */
/* One call that fails, in a process of the program that the library is linked into: by --wrap, so
 * that neither the library nor the program knows.
 *
 * FAULT=ROLE:KIND:N lets the N-th call of KIND fail, once in each process that has ROLE: "caller",
 * "zygote" or "worker". KIND: "memory" (malloc and its kin), "all-memory" (those behind it
 * fail too), "system" (what the kernel refuses where memory, descriptors or processes are out).
 * Where it has failed a line is added to FAULT_NOTE. */
#ifndef TESTS_FAULT_INJECT_H
#define TESTS_FAULT_INJECT_H

#include <stdbool.h>

/* In the caller: from here on, calls count. */
void t_inject_arm(void);

/* It has failed, in this process. */
bool t_inject_has_failed(void);

#endif
