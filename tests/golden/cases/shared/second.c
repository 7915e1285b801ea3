/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>

  # include  <stdio.h> 
#include <time.h>
#include <stdint.h>
#include "jobs.h"

/* @job
 * @in data[IPPROTO_TCP]
 */
int32_t second(const uint8_t *data, struct timespec at, int stdin);

#ifdef _TIME_H
/* @job(timeout_ms = 10) */
int shown(int a);
#else
/* @job */
int hidden(int a);
#endif
