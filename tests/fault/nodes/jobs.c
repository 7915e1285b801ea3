/* SPDX-License-Identifier: MIT */
/* Jobs that note their number, a line of its own in one file for all, when they begin; and print
 * it, for their caller. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "nodes_jobs.h"

static void note(uint64_t number)
{
    char line[80];
    const char *path = getenv("FAULT_NOTES");
    int fd = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    int size = snprintf(line, sizeof line, "%llu %d\n", (unsigned long long)number, (int)getpid());
    if (fd < 0 || write(fd, line, (size_t)size) != size) jg_fail("its number could not be noted");
    (void)close(fd);
    (void)printf("%llu\n", (unsigned long long)number);
}

/* @job */
uint64_t fresh(uint64_t number, uint32_t work_ms)
{
    note(number);
    if (work_ms > 0) (void)usleep(work_ms * 1000);
    return 2 * number + 1;
}

/* @job(isolation=reuse) */
uint64_t warm(uint64_t number, uint32_t work_ms)
{
    note(number);
    if (work_ms > 0) (void)usleep(work_ms * 1000);
    return 2 * number + 1;
}

/* @job
   @in values[count] */
uint64_t add(uint64_t number, const uint32_t *values, uint32_t count)
{
    uint64_t total = number;
    note(number);
    for (uint32_t i = 0; i < count; i++)
        total += values[i];
    return total;
}

/* @job
   @out values[count] */
void fill(uint64_t number, uint32_t *values, uint32_t count)
{
    note(number);
    for (uint32_t i = 0; i < count; i++)
        values[i] = (uint32_t)number + i;
}

/* Calls so many others, one of them large; says how each has ended, and that its value was right.
   @job
   @out statuses[count] */
void nested(uint64_t number, uint32_t count, uint8_t *statuses)
{
    fresh_job *jobs[8] = {NULL};
    note(number);
    for (uint32_t i = 1; i < count; i++)
        jobs[i] = fresh_remote_async(number + i + 1, 5);
    uint32_t values[40000];
    for (uint32_t i = 0; i < 40000; i++)
        values[i] = 1;
    uint64_t value = 0;
    statuses[0] = (uint8_t)add_remote(number + 1, values, 40000, &value);
    if (statuses[0] == JG_OK && value != number + 1 + 40000) statuses[0] = UINT8_MAX;
    for (uint32_t i = 1; i < count; i++) {
        statuses[i] = (uint8_t)fresh_await_get(jobs[i], &value);
        if (statuses[i] == JG_OK && value != 2 * (number + i + 1) + 1) statuses[i] = UINT8_MAX;
    }
}
