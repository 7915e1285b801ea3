/* SPDX-License-Identifier: MIT */
/* Starts this program again as a zygote, as a process that is nobody's child. */
#ifndef JOBGEN_WORKER_LAUNCH_H
#define JOBGEN_WORKER_LAUNCH_H

#include <jobgen/status.h>
#include <stddef.h>
#include <sys/types.h>

/* JG_OK; JG_EUNSUITABLE (noexec mount, no /proc, set-id program), JG_ENOMEM, JG_EFULL (process or
   descriptor limit), JG_EINTERNAL, with one sentence in `ret_text`. *ret_socket is the pool's end
   (close-on-exec, SOCK_SEQPACKET). */
jg_status jgi_launch(int *ret_socket, pid_t *ret_pid, char *ret_text, size_t text_size);

#endif
