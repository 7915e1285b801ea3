/* SPDX-License-Identifier: MIT */
/* All that the library prints: what jobs printed, one report for each death that a job did not
 * choose, and what JOBGEN_LOG asks for beyond. */
#ifndef JOBGEN_CLIENT_REPORT_H
#define JOBGEN_CLIENT_REPORT_H

#include <jobgen/runtime.h>

#include "../worker/output.h"
#include "router.h"
#include "settings.h"

/* As the environment had them at the first use of this header; tells then of values that mean
 * nothing. Threads: any. */
const struct jgi_settings *jgi_report_settings(void);

/* Writes all of it; the one function of the library that prints. Blocks as write(2) does. */
void jgi_report_print(int fd, const char *bytes, size_t size);

/* A jgi_output_sink. */
void jgi_report_output(void *user, int stream, const struct jgi_output_source *source,
                       const char *lines, size_t size);

/* Of a call on a node: on_output of the router. */
void jgi_report_remote_output(void *user, struct jgi_remote *remote, int stream, const char *node,
                              const char *lines, size_t size);

/* Of a failure in the user's process. Three per job and cause, then the count at each power of ten,
 * and at the end of the program. */
void jgi_report_failure(const struct jg_failure *failure);
void jgi_report_end(void);

/* A jgi_pool_note: one line, if JOBGEN_LOG asks for its level. */
void jgi_report_note(void *user, enum jgi_level level, const char *text);

/* Around a fork, so that the child does not find the lock taken. */
void jgi_report_lock(void);
void jgi_report_unlock(void);

/* In the child: what failed before is the parent's to count. Unlocks. */
void jgi_report_forget(void);

#endif
