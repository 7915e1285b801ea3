/* SPDX-License-Identifier: MIT */
/* All that the library prints: what jobs printed, and one report for each death that a job did not
 * choose. */
#ifndef JOBGEN_CLIENT_REPORT_H
#define JOBGEN_CLIENT_REPORT_H

#include <jobgen/runtime.h>
#include <stdint.h>

/* A jgi_output_sink. */
void jgi_report_output(void *user, int stream, const char *job_name, uint64_t number,
                       const char *lines, size_t size);

/* Of a failure in the user's process. Three per job and cause, then every tenth power. */
void jgi_report_failure(const struct jg_failure *failure);

#endif
