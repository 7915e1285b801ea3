/* SPDX-License-Identifier: MIT */
/* All that the library prints: what jobs printed, and one report for each death that a job did not
 * choose. */
#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KIND_COUNT = 64, SHOWN_MAX = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The one place that prints. */
static void print(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return;
        bytes += put;
        size -= (size_t)put;
    }
}

void jgi_report_output(void *user, int stream, const char *job_name, uint64_t number,
                       const char *lines, size_t size)
{
    const char *mode = getenv("JOBGEN_OUTPUT");
    (void)user;
    if (mode != NULL && strcmp(mode, "off") == 0) return;
    (void)pthread_mutex_lock(&lock);
    if (mode == NULL || strcmp(mode, "tag") != 0) {
        print(stream + 1, lines, size);
    } else {
        char tag[160];
        int length = snprintf(tag, sizeof tag, "[%.100s %llu local] ",
                              job_name == NULL ? "-" : job_name, (unsigned long long)number);
        for (const char *end; size > 0; size -= (size_t)(end - lines), lines = end) {
            const char *newline = memchr(lines, '\n', size);
            end = newline == NULL ? lines + size : newline + 1;
            print(stream + 1, tag, (size_t)length);
            print(stream + 1, lines, (size_t)(end - lines));
        }
    }
    (void)pthread_mutex_unlock(&lock);
}

static bool is_told(jg_status status)
{
    const char *level = getenv("JOBGEN_LOG");
    if (level != NULL && strcmp(level, "off") == 0) return false;
    return status == JG_ESIGNAL || status == JG_EPROTOCOL || status == JG_EMISMATCH ||
           status == JG_EUNSUITABLE || status == JG_EFULL || status == JG_EINTERNAL;
}

static bool is_power_of_ten(unsigned long count)
{
    while (count >= 10 && count % 10 == 0)
        count /= 10;
    return count == 1;
}

void jgi_report_failure(const struct jg_failure *failure)
{
    static struct {
        char job[64];
        jg_status status;
        int signal_number;
        unsigned long count;
    } kinds[KIND_COUNT];
    char line[256];
    if (!is_told(failure->status)) return;
    (void)pthread_mutex_lock(&lock);
    size_t i = 0;
    while (i < KIND_COUNT - 1 && kinds[i].count > 0 &&
           (strncmp(kinds[i].job, failure->job, sizeof kinds[i].job - 1) != 0 ||
            kinds[i].status != failure->status || kinds[i].signal_number != failure->signal_number))
        i++;
    if (kinds[i].count == 0) (void)snprintf(kinds[i].job, sizeof kinds[i].job, "%s", failure->job);
    kinds[i].status = failure->status;
    kinds[i].signal_number = failure->signal_number;
    unsigned long count = ++kinds[i].count;
    if (count <= SHOWN_MAX) {
        print(2, failure->text, strlen(failure->text));
    } else if (is_power_of_ten(count)) {
        int length =
            snprintf(line, sizeof line, "jobgen: job %s failed in this way %lu times by now\n",
                     kinds[i].job, count);
        print(2, line, (size_t)length);
    }
    (void)pthread_mutex_unlock(&lock);
}
