/* SPDX-License-Identifier: MIT */
/* How a process learns that it is a zygote, and how workers end. */
#ifndef JOBGEN_WORKER_ENTRY_H
#define JOBGEN_WORKER_ENTRY_H

/* In the environment of a zygote: "FD:INODE" of its socket, so that a leaked or forged mark does
 * nothing. */
#define JGI_MARK "JGI_ZYGOTE"

/* Writes what coverage and profiles have gathered, then _exit. */
_Noreturn void jgi_worker_exit(int code);

#endif
