/* SPDX-License-Identifier: MIT */
/* Whether a program that came from elsewhere can run here, told before anything of it runs. */
#ifndef JOBGEN_NODE_SUITABLE_H
#define JOBGEN_NODE_SUITABLE_H

#include <jobgen/status.h>
#include <stddef.h>

/* The file is an executable for this machine, its interpreter is there, and so are its libraries
   with the versions it needs. JG_OK, or with one sentence: JG_EUNSUITABLE; JG_ENOMEM, JG_EFULL,
   JG_EINTERNAL where it could not be found out. Blocks while the interpreter lists, at most 5 s.
   Threads: any. */
jg_status jgi_suitable(const char *path, char *ret_text, size_t text_size);

#endif
