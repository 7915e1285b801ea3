/* SPDX-License-Identifier: MIT */
/* How a process learns that it was started to be a zygote or worker, and how workers end. */
#ifndef JOBGEN_WORKER_ENTRY_H
#define JOBGEN_WORKER_ENTRY_H

#include <stdbool.h>

/* In the environment of such a process: role, descriptor and inode of its socket, and its pid,
   "z3:12345:678". A mark that leaked or was forged names no such socket here and does nothing. */
#define JGI_MARK "JGI_ZYGOTE"

/* ld.so's variable, and the value that tells ours from the user's. */
#define JGI_BIND_NOW "LD_BIND_NOW"
#define JGI_BIND_NOW_MARK "jobgen"

enum jgi_role {
    JGI_ROLE_NONE = 0, /* the user's process */
    JGI_ROLE_ZYGOTE = 'z',
    JGI_ROLE_FRESH = 'f', /* workers of a zygote that must not fork */
    JGI_ROLE_REUSE = 'r'
};

/* What such a process finds; close-on-exec is set by the entry. */
enum { JGI_FD_SOCKET = 3, JGI_FD_STDOUT, JGI_FD_STDERR, JGI_FD_CLAIMS };

/* True from the start of such a process until it serves: its constructors must not call jobs. */
bool jgi_entry_is_starting(void);

/* The program would enter jobgen and not `main` when it is started again: false where all jobs are
   in libraries opened with dlopen, or its own entry has not run yet. */
bool jgi_entry_can_start(void);

/* The program's arguments; NULL: not known. */
char **jgi_entry_arguments(void);

/* Writes what coverage and profiles have gathered, then _exit. */
_Noreturn void jgi_worker_exit(int code);

#endif
