/* SPDX-License-Identifier: MIT */
/* All that the library prints: what jobs printed, one report for each death that a job did not
 * choose, and what JOBGEN_LOG asks for beyond. */
#define _GNU_SOURCE
#include "report.h"

#include "backlog.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KIND_COUNT = 64, SHOWN_MAX = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct jgi_settings settings; /* constant from the first use on */

/* The one place that prints. */
void jgi_report_print(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return;
        bytes += put;
        size -= (size_t)put;
    }
}

static void read_settings(void)
{
    jgi_settings_read(&settings);
    if (settings.level >= JGI_LEVEL_ERROR)
        jgi_report_print(2, settings.complaints, strlen(settings.complaints));
}

const struct jgi_settings *jgi_report_settings(void)
{
    (void)pthread_once(&once, read_settings);
    return &settings;
}

void jgi_report_lock(void)
{
    (void)pthread_mutex_lock(&lock);
}

void jgi_report_unlock(void)
{
    (void)pthread_mutex_unlock(&lock);
}

/* Hands lines on to `put`, each behind a tag where that is asked for. */
static void hand_on(void (*put)(int fd, const char *bytes, size_t size), int stream,
                    const char *job_name, uint64_t number, const char *node, const char *lines,
                    size_t size)
{
    enum jgi_output_mode mode = jgi_report_settings()->output;
    char tag[160];
    if (mode == JGI_OUTPUT_OFF) return;
    if (mode == JGI_OUTPUT_PLAIN) {
        put(stream + 1, lines, size);
        return;
    }
    int length = snprintf(tag, sizeof tag, "[%.100s %llu %.40s] ",
                          job_name[0] == '\0' ? "-" : job_name, (unsigned long long)number, node);
    for (const char *end; size > 0; size -= (size_t)(end - lines), lines = end) {
        const char *newline = memchr(lines, '\n', size);
        end = newline == NULL ? lines + size : newline + 1;
        put(stream + 1, tag, (size_t)length);
        put(stream + 1, lines, (size_t)(end - lines));
    }
}

void jgi_report_output(void *user, int stream, const struct jgi_output_source *source,
                       const char *lines, size_t size)
{
    (void)user;
    jgi_report_lock();
    hand_on(jgi_report_print, stream, source->job_name, source->execution, "local", lines, size);
    jgi_report_unlock();
}

void jgi_report_remote_output(void *user, struct jgi_remote *remote, int stream, const char *node,
                              const char *lines, size_t size)
{
    (void)user;
    hand_on(jgi_backlog_add, stream, remote->job_name, remote->row->by_number.key, node, lines,
            size);
}

static struct {
    char job[64];
    jg_status status;
    int signal_number;
    unsigned long count;
} kinds[KIND_COUNT]; /* of failures, as they came */

void jgi_report_forget(void)
{
    memset(kinds, 0, sizeof kinds);
    jgi_report_unlock();
}

static bool is_told(jg_status status)
{
    if (jgi_report_settings()->level < JGI_LEVEL_ERROR) return false;
    return status == JG_ESIGNAL || status == JG_EPROTOCOL || status == JG_EMISMATCH ||
           status == JG_EUNSUITABLE || status == JG_EFULL || status == JG_ENOMEM ||
           status == JG_ENODE || status == JG_EAUTH || status == JG_EINTERNAL;
}

static bool is_power_of_ten(unsigned long count)
{
    while (count >= 10 && count % 10 == 0)
        count /= 10;
    return count == 1;
}

static void tell_count(size_t kind, const char *up_to)
{
    char line[256];
    int length =
        snprintf(line, sizeof line, "jobgen: job %s failed in this way %lu times %s: %s\n",
                 kinds[kind].job, kinds[kind].count, up_to, jg_strerror(kinds[kind].status));
    jgi_report_print(2, line, (size_t)length);
}

void jgi_report_failure(const struct jg_failure *failure)
{
    if (!is_told(failure->status)) return;
    jgi_report_lock();
    size_t i = 0;
    while (i < KIND_COUNT - 1 && kinds[i].count > 0 &&
           (strncmp(kinds[i].job, failure->job, sizeof kinds[i].job - 1) != 0 ||
            kinds[i].status != failure->status || kinds[i].signal_number != failure->signal_number))
        i++;
    if (kinds[i].count == 0) (void)snprintf(kinds[i].job, sizeof kinds[i].job, "%s", failure->job);
    kinds[i].status = failure->status;
    kinds[i].signal_number = failure->signal_number;
    unsigned long count = ++kinds[i].count;
    if (count <= SHOWN_MAX)
        jgi_report_print(2, failure->text, strlen(failure->text));
    else if (is_power_of_ten(count))
        tell_count(i, "by now");
    jgi_report_unlock();
}

void jgi_report_end(void)
{
    if (pthread_mutex_trylock(&lock) != 0) return;
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (kinds[i].count > SHOWN_MAX && !is_power_of_ten(kinds[i].count)) tell_count(i, "in all");
    jgi_report_unlock();
}

void jgi_report_note(void *user, enum jgi_level level, const char *text)
{
    static const char *const names[JGI_LEVEL_COUNT] = {
        [JGI_LEVEL_ERROR] = "error",
        [JGI_LEVEL_WARN] = "warning",
        [JGI_LEVEL_INFO] = "info",
        [JGI_LEVEL_DEBUG] = "debug",
    };
    char line[512];
    (void)user;
    if (level > jgi_report_settings()->level) return;
    int length = snprintf(line, sizeof line, "jobgen: %s: %.480s\n", names[level], text);
    jgi_report_lock();
    jgi_report_print(2, line, (size_t)length);
    jgi_report_unlock();
}
