/* SPDX-License-Identifier: MIT */
/* A program that surroundings.py puts into surroundings: it obeys the lines of its standard input
   and answers each one with a line that begins with the line's first word. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "jobs.h"
#include "olds.h"

enum { STARTED_MAX = 8, END_OF_FILE_MS = 60000, CALLERS = 6, CALLS = 200 };

/* @job */
int zygote_of(void)
{
    return getppid();
}

/* Says who it is, and ends when somebody opens the FIFO to write.
 *
 * @job
 */
int wait_for(const char *path)
{
    printf("worker %d\n", (int)getpid());
    (void)fflush(stdout);
    int fd = open(path, O_RDONLY);
    return fd < 0 ? errno : 0;
}

/* @job */
int speak(int how)
{
    /* jobgen: no-warn uses-signals: that is what is tried */
    printf("out\n");
    fprintf(stderr, "err one\nerr two");
    if (how == 1) jg_fail("asked to");
    if (how == 2) (void)signal(SIGABRT, SIG_DFL), abort();
    return how;
}

/* @job(isolation = reuse) */
int next(int n)
{
    return n + 1;
}

/* @job(isolation = reuse) */
int echo(int n)
{
    printf("echo %d\n", n);
    return n;
}

static int threads; /* that constructors have started */
static volatile sig_atomic_t interrupts;

static void on_interrupt(int number)
{
    (void)number;
    interrupts++;
}

static void *rest(void *unused)
{
    for (;;)
        (void)pause();
    return unused;
}

static int limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit limits;
    if (getrlimit(resource, &limits) != 0) return -1;
    limits.rlim_cur = value;
    return setrlimit(resource, &limits);
}

/* $CONSTRUCTOR says what it does. */
__attribute__((constructor)) static void set_up(void)
{
    const char *what = getenv("CONSTRUCTOR");
    pthread_t thread;
    if (what == NULL) return;
    if (strstr(what, "print") != NULL) {
        printf("constructed\n");
        fprintf(stderr, "constructed aloud\n");
    }
    if (strstr(what, "thread") != NULL && pthread_create(&thread, NULL, rest, NULL) == 0) threads++;
    bool is_zygote = getpgrp() == getpid();
    if (strstr(what, "limit") != NULL && is_zygote) (void)limit(RLIMIT_NPROC, 1);
}

static wait_for_job *started[STARTED_MAX];
static int started_count;
static int pipe_ends[2];

/* One line: control characters would be more. */
static void answer(const char *word, long number, const char *text)
{
    printf("%s: %ld ", word, number);
    for (; text != NULL && *text != '\0'; text++)
        (void)putchar(*text == '\n' ? '|' : *text);
    (void)putchar('\n');
    (void)fflush(stdout);
}

static void tell(const char *word, jg_status status)
{
    answer(word, status, status == JG_OK ? NULL : jg_last_failure()->text);
}

static void do_call(const char *word, const char *unused)
{
    (void)unused;
    tell(word, zygote_of_local(NULL));
}

static void do_zygote(const char *word, const char *unused)
{
    int value = 0;
    (void)unused;
    answer(word, zygote_of_local(&value) == JG_OK ? value : -1, NULL);
}

static void do_next(const char *word, const char *unused)
{
    int value = 0;
    (void)unused;
    answer(word, next_local(41, &value) == JG_OK ? value : -1, NULL);
}

static void do_old(const char *word, const char *unused)
{
    (void)unused;
    tell(word, old_local(1, NULL));
}

static void do_start_old(const char *word, const char *unused)
{
    (void)unused;
    tell(word, old_await_get(old_local_async(1), NULL));
}

static void do_map_old(const char *word, const char *unused)
{
    const struct old_args args[2] = {{1}, {2}};
    struct old_result results[2] = {{JG_OK, 0}, {JG_OK, 0}};
    jg_status status = old_remote_fanout(args, 2, results);
    bool is_told = results[0].status == status && results[1].status == status;
    (void)unused;
    answer(word, is_told ? (long)status : -1, NULL);
}

static void do_speak(const char *word, const char *how)
{
    jg_status status = speak_local(atoi(how), NULL);
    answer(word, status, status == JG_OK ? NULL : jg_last_failure()->last_output);
}

static void do_start(const char *word, const char *path)
{
    started[started_count++] = wait_for_local_async(path);
    answer(word, started_count, NULL);
}

static void do_get(const char *word, const char *unused)
{
    (void)unused;
    answer(word, wait_for_await_get(started[--started_count], NULL), NULL);
}

/* With a time limit: its milliseconds come before the path. */
static void do_late(const char *word, const char *rest)
{
    const struct jg_options limit = {.timeout_ms = atoi(rest)};
    tell(word, wait_for_await_get(wait_for_start(&limit, strchr(rest, ' ') + 1), NULL));
}

static void do_late_next(const char *word, const char *unused)
{
    const struct jg_options limit = {.timeout_ms = 50};
    (void)unused;
    tell(word, next_await_get(next_start(&limit, 1), NULL));
}

static void do_map_speak(const char *word, const char *unused)
{
    const struct speak_args args[3] = {{0}, {2}, {0}};
    struct speak_result results[3];
    (void)unused;
    tell(word, speak_map(NULL, args, 3, results));
}

static void do_pipe(const char *word, const char *unused)
{
    (void)unused;
    answer(word, pipe(pipe_ends), NULL);
}

static void do_end(const char *word, const char *unused)
{
    struct pollfd end = {.fd = pipe_ends[0], .events = POLLIN};
    char byte;
    (void)unused;
    (void)close(pipe_ends[1]);
    answer(word, poll(&end, 1, END_OF_FILE_MS) == 1 && read(pipe_ends[0], &byte, 1) == 0, NULL);
    (void)close(pipe_ends[0]);
}

static void *call_often(void *failed)
{
    for (int i = 0; i < CALLS; i++) {
        int value = -1;
        if (echo_local(i, &value) != JG_OK || value != i) ++*(int *)failed;
    }
    return NULL;
}

/* Many threads at once; the number of calls that failed. */
static void do_crowd(const char *word, const char *unused)
{
    pthread_t crowd[CALLERS];
    int failed[CALLERS] = {0}, sum = 0;
    (void)unused;
    for (int i = 0; i < CALLERS; i++)
        if (pthread_create(&crowd[i], NULL, call_often, &failed[i]) != 0) exit(1);
    for (int i = 0; i < CALLERS; i++) {
        (void)pthread_join(crowd[i], NULL);
        sum += failed[i];
    }
    answer(word, sum, NULL);
}

static void do_threads(const char *word, const char *unused)
{
    (void)unused;
    answer(word, threads, NULL);
}

static void do_handle(const char *word, const char *unused)
{
    const struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    (void)unused;
    answer(word, sigaction(SIGINT, &action, NULL), NULL);
}

static void do_interrupts(const char *word, const char *unused)
{
    (void)unused;
    answer(word, interrupts, NULL);
}

static void do_noexec(const char *word, const char *folder)
{
    answer(word, mount("none", folder, NULL, MS_REMOUNT | MS_NOEXEC, NULL), NULL);
}

static void do_hide_proc(const char *word, const char *unused)
{
    (void)unused;
    answer(word, mount("none", "/proc", "tmpfs", 0, NULL), NULL);
}

static rlim_t bytes(const char *pages)
{
    return (rlim_t)atol(pages) * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* As much address space as there is now, and so many pages. */
static void do_limit_space(const char *word, const char *more)
{
    char now[32] = "";
    FILE *file = fopen("/proc/self/statm", "re");
    bool is_read = file != NULL && fgets(now, sizeof now, file) != NULL;
    if (file != NULL) (void)fclose(file);
    answer(word, is_read ? limit(RLIMIT_AS, bytes(now) + bytes(more)) : -1, NULL);
}

static void do_limit_data(const char *word, const char *pages)
{
    answer(word, limit(RLIMIT_DATA, bytes(pages)), NULL);
}

static const struct {
    const char *word;
    void (*obey)(const char *word, const char *rest);
} words[] = {
    {"call", do_call},
    {"zygote", do_zygote},
    {"next", do_next},
    {"old", do_old},
    {"start-old", do_start_old},
    {"map-old", do_map_old},
    {"speak", do_speak},
    {"start", do_start},
    {"late", do_late},
    {"late-next", do_late_next},
    {"map-speak", do_map_speak},
    {"get", do_get},
    {"pipe", do_pipe},
    {"end", do_end},
    {"crowd", do_crowd},
    {"threads", do_threads},
    {"handle", do_handle},
    {"interrupts", do_interrupts},
    {"noexec", do_noexec},
    {"hide-proc", do_hide_proc},
    {"limit-space", do_limit_space},
    {"limit-data", do_limit_data},
};

int main(void)
{
    char line[512];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *space = strchr(line, ' ');
        if (space != NULL) *space = '\0';
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (strcmp(line, words[i].word) == 0)
                words[i].obey(line, space == NULL ? "" : space + 1);
    }
    return 0;
}
