/* SPDX-License-Identifier: MIT */
/* Jobs that end in every way there is, by every form, and the status and cause that each get tells;
   then depth, width and many open handles. Prints TAP. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs.h"

enum how { EXIT, SEGV, ABORT, FAIL, CLOSE, SHUT_DOWN, SOIL, FORK, KILL, HANG, PRINT, HOW_COUNT };

/* @job */
int die(int how)
{
    /* jobgen: no-warn calls-exit, uses-signals, starts-processes: that is what is tried */
    static const char garbage[128] = "garbage garbage garbage";
    volatile int *nowhere = NULL;
    switch (how) {
    case EXIT:
        exit(3);
    case SEGV:
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would report and abort */
        *nowhere = 1;
        break;
    case ABORT:
        abort();
    case FAIL:
        jg_fail("asked to, %d", how);
    case CLOSE:
        for (int fd = 3; fd < 64; fd++)
            (void)close(fd);
        break;
    case SHUT_DOWN:
        for (int fd = 3; fd < 64; fd++)
            (void)shutdown(fd, SHUT_RDWR);
        break;
    case SOIL:
        for (int fd = 3; fd < 10; fd++)
            (void)!write(fd, garbage, sizeof garbage);
        break;
    case FORK:
        if (fork() == 0) return 99;
        (void)wait(NULL);
        break;
    case KILL:
        (void)kill(getpid(), SIGKILL);
        break;
    case HANG:
        for (;;)
            (void)pause();
    default:
        break;
    }
    return how;
}

/* @job(isolation = reuse) */
int die_warm(int how)
{
    return die(how);
}

/* @job */
uint32_t deep(uint32_t n)
{
    uint32_t below = 0;
    if (n == 0) return 0;
    if (deep_remote(n - 1, &below) != JG_OK) jg_fail("%s", jg_last_failure()->cause);
    return below + 1;
}

/* @job(isolation = reuse) */
uint32_t next(uint32_t n)
{
    return n + 1;
}

static const struct {
    const char *name;
    jg_status status;
    const char *cause; /* part of it */
} expected[HOW_COUNT] = {
    [EXIT] = {"exit", JG_EEXIT, "exit(3)"},
    [SEGV] = {"SIGSEGV", JG_ESIGNAL, "signal 11"},
    [ABORT] = {"abort", JG_ESIGNAL, "signal 6"},
    [FAIL] = {"jg_fail", JG_EFAILED, "asked to, 3"},
    [CLOSE] = {"a closed socket", JG_EPROTOCOL, "socket"},
    [SHUT_DOWN] = {"a socket shut down", JG_EPROTOCOL, "socket"},
    [SOIL] = {"a soiled socket", JG_EPROTOCOL, "no frame"},
    [FORK] = {"a fork that returns too", JG_OK, NULL},
    [KILL] = {"SIGKILL", JG_ESIGNAL, "signal 9"},
    [HANG] = {"a time limit", JG_ETIMEOUT, "100 ms"},
    [PRINT] = {"an ordinary end", JG_OK, NULL},
};

static int count, bad;

static void check(bool is_true, const char *what, const char *name)
{
    count++;
    if (!is_true) bad++;
    printf("%sok %d - %s: %s\n", is_true ? "" : "not ", count, what, name);
}

static void check_end(int how, const char *form, jg_status status, const int *value_after)
{
    int value = *value_after;
    const char *cause = expected[how].cause;
    bool is_right = status == expected[how].status && value == (status == JG_OK ? how : -1);
    if (cause != NULL) is_right = is_right && strstr(jg_last_failure()->cause, cause) != NULL;
    check(is_right, form, expected[how].name);
}

static void check_ends(int how)
{
    const struct jg_options limit = {.timeout_ms = how == HANG ? 100 : 0};
    int value = -1;
    check_end(how, "async", die_await_get(die_start(&limit, how), &value), &value);
    value = -1;
    check_end(how, "async, reuse", die_warm_await_get(die_warm_start(&limit, how), &value), &value);
    if (how == HANG) return;
    value = -1;
    check_end(how, "blocking", die_local(how, &value), &value);
    value = -1;
    check_end(how, "blocking, reuse", die_warm_local(how, &value), &value);
}

enum { MANY = 10000 };

static void check_many(void)
{
    static next_job *handles[MANY];
    static struct next_args args[MANY];
    static struct next_result results[MANY];
    bool is_right = true;
    for (uint32_t i = 0; i < MANY; i++)
        handles[i] = next_local_async(i);
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t value = 0;
        args[i].n = i;
        is_right = next_await_get(handles[i], &value) == JG_OK && value == i + 1 && is_right;
    }
    check(is_right, "10,000 handles open", "each gives its own");
    is_right = next_remote_fanout(args, MANY, results) == JG_OK;
    for (uint32_t i = 0; i < MANY; i++)
        is_right = results[i].status == JG_OK && results[i].value == i + 1 && is_right;
    check(is_right, "fan-out of 10,000", "in input order");
}

/* A cancelled execution may have been sent and not begun: its worker and slot must be free again.
 */
static void check_cancel(void)
{
    uint32_t value = 0;
    const struct jg_options limit = {.timeout_ms = 60000};
    jg_status status = JG_OK;
    for (int i = 0; i < 100 && status == JG_OK; i++) {
        status = next_local(1, &value); /* so that a worker is idle */
        next_cancel(next_start(&limit, 1));
        if (status == JG_OK) status = next_await_get(next_start(&limit, 1), &value);
    }
    check(status == JG_OK && value == 2, "cancelled at once, 100 times", "the slot is free again");
}

int main(void)
{
    uint32_t depth = 0;
    for (int how = 0; how < HOW_COUNT; how++)
        check_ends(how);
    check(deep_local(50, &depth) == JG_OK && depth == 50, "depth 50", "one slot is enough");
    check_many();
    check_cancel();
    printf("1..%d\n", count);
    return bad != 0;
}
