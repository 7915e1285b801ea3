/* SPDX-License-Identifier: MIT */
#include "jobs.h"

/* All of them.
 *
 * @job(memory = 64M, fuel = 10, fanout = leastloaded, init_retry_interval_ms = 1,
 *      async_init_retry_interval_ms = 2, sync_retry_interval_ms = 3,
 *      async_get_retry_interval_ms = 4, async_set_retry_interval_ms = 5,
 *      shutdown_retry_interval_ms = 6, idempotent, retries = 7, timeout_ms = 8,
 *      isolation = reuse, net = yes, spawn, read = "/data:/models", write = "/tmp",)
 * @return what was given
 */
int all(int v);

// Line comments are one comment.
// @job(memory = 1536K)
// @in v
int lines(int v);

/* @job(idempotent) */ int retried(int v);
