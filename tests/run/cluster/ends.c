/* SPDX-License-Identifier: MIT */
/* How jobs on nodes end, and how callers do. */
#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    jg_status status;
    int exit_code, signal_number;
    const char *cause; /* part of it */
} ends[DIE_COUNT] = {
    [DIE_EXIT] = {JG_EEXIT, 3, 0, "exit(3)"},
    [DIE_EXIT_AT_ONCE] = {JG_EEXIT, 4, 0, "4"},
    [DIE_ABORT] = {JG_ESIGNAL, 0, 6, "signal 6"},
    [DIE_SIGNAL] = {JG_ESIGNAL, 0, 9, "signal 9"},
    [DIE_OVERFLOW] = {JG_ESIGNAL, 0, 11, "signal 11"},
    [DIE_FAIL] = {JG_EFAILED, 0, 0, "asked to, 5"},
};

static void check_failure(int how, jg_status status, int value)
{
    const struct jg_failure *failure = jg_last_failure();
    char node[80];
    if (!check_status(status, ends[how].status, ends[how].cause)) return;
    (void)snprintf(node, sizeof node, "on node %s", failure->node);
    (void)check(value == -1, "%s: the value is untouched", ends[how].cause);
    (void)check(node_index(failure->node) >= 0, "%s: node %s", ends[how].cause, failure->node);
    (void)check(strcmp(failure->job, "die") == 0, "%s: job %s", ends[how].cause, failure->job);
    (void)check(strstr(failure->cause, ends[how].cause) != NULL, "%s: cause %s", ends[how].cause,
                failure->cause);
    (void)check(failure->exit_code == ends[how].exit_code &&
                    failure->signal_number == ends[how].signal_number,
                "%s: code %d, signal %d", ends[how].cause, failure->exit_code,
                failure->signal_number);
    (void)check(failure->last_output != NULL && strstr(failure->last_output, "last words") != NULL,
                "%s: the last output", ends[how].cause);
    (void)check(strstr(failure->text, "job die") && strstr(failure->text, node) &&
                    strstr(failure->text, ends[how].cause) && strstr(failure->text, "last words"),
                "the report has all of it: %s", failure->text);
}

void do_deaths(char **words)
{
    char cause[256] = "";
    (void)words;
    for (int how = 0; how < DIE_COUNT; how++) {
        struct die_args args = {how};
        struct die_result result = {JG_OK, -1};
        int value = -1, status = -1;
        check_failure(how, die_remote(how, &value), value);
        check_failure(how, die_await_get(die_remote_async(how), &value), value);
        check_failure(how, die_remote_fanout(&args, 1, &result), result.value);
        (void)check_status(ask_of_remote(how, cause, sizeof cause, &status), JG_OK, "nested");
        (void)check(status == (int)ends[how].status && strstr(cause, ends[how].cause) != NULL &&
                        cause[0] == 'n' && cause[2] == ':',
                    "to a job is told: %d, %s", status, cause);
    }
    (void)check_status(add_up_remote(NULL, 3, NULL), JG_EARGS, "bad arguments");
    (void)check_status(add_up_await_get(add_up_remote_async(NULL, 3), NULL), JG_EARGS,
                       "bad arguments, async");
    (void)check_status(turn_remote(NULL, cause, sizeof cause), JG_EARGS, "no string");
    (void)check(strstr(jg_last_failure()->cause, "text") != NULL, "its cause names it: %s",
                jg_last_failure()->cause);
}

/* A job that is over its time has ended. False: its time was over before it had begun. */
static bool is_stopped_in_time(int fifo, int limit_ms)
{
    const struct jg_options limit = {.timeout_ms = limit_ms};
    struct pollfd begun = {.fd = fifo, .events = POLLIN};
    struct worker worker;
    char told[16];
    (void)check_status(stay_await_get(stay_start(&limit, in_folder("stays"))), JG_ETIMEOUT,
                       "over its time");
    (void)snprintf(told, sizeof told, " %d ms", limit_ms);
    (void)check(node_index(jg_last_failure()->node) >= 0 &&
                    strstr(jg_last_failure()->cause, told) != NULL,
                "on %s: %s", jg_last_failure()->node, jg_last_failure()->cause);
    if (limit_ms < LIMIT_MAX_MS && poll(&begun, 1, limit_ms) == 0) return false;
    if (read_worker(fifo, &worker))
        (void)check(is_gone(worker.pid), "a job over its time has ended");
    return true;
}

/* Cancelled, over its time, or forgotten by a job that ended: its process ends. */
void do_stops(char **words)
{
    int fifo = make_fifo("stays");
    struct worker workers[2 * NODES];
    stay_job *stays[NODES];
    resist_job *resists[NODES];
    (void)words;
    for (int i = 0; i < NODES; i++) {
        stays[i] = stay_remote_async(in_folder("stays"));
        if (!read_worker(fifo, &workers[2 * i])) return;
        resists[i] = resist_remote_async(in_folder("stays"));
        if (!read_worker(fifo, &workers[2 * i + 1])) return;
    }
    for (int i = 0; i < NODES; i++) {
        stay_cancel(stays[i]);
        resist_cancel(resists[i]);
    }
    for (int i = 0; i < 2 * NODES; i++)
        (void)check(is_gone(workers[i].pid), "a cancelled job on %s has ended", workers[i].node);
    for (int limit_ms = 200; !is_stopped_in_time(fifo, limit_ms);)
        limit_ms *= 4;
    (void)check_status(square_remote(2, NULL), JG_OK, "after that");
    (void)close(fifo);
}

/* Starts what stays on every node, tells who, and ends in the way that is asked for. */
void do_leave(char **words)
{
    int fifo = make_fifo("stays");
    struct worker worker;
    for (int i = 0; i < 2 * NODES; i++) {
        if (i % 2 == 0)
            (void)stay_remote_async(in_folder("stays"));
        else
            (void)resist_remote_async(in_folder("stays"));
        if (!read_worker(fifo, &worker)) return;
        printf("worker %d %s\n", (int)worker.pid, worker.node);
    }
    tell("all");
    if (strcmp(words[0], "exit") == 0) exit(0);
    if (strcmp(words[0], "_exit") == 0) _exit(0);
    (void)await_line(); /* it is killed here */
}

/* One call; prints its status, node and cause. */
void do_one(char **words)
{
    uint32_t value = 0;
    const struct jg_options options = {.timeout_ms = words[0] == NULL ? 0 : atoi(words[0])};
    jg_status status = square_await_get(square_start(&options, 7), &value);
    printf("one: %d %s\n", (int)status, status == JG_OK ? "" : jg_last_failure()->cause);
    if (status == JG_ECONTROL || status == JG_ENONODES || status == JG_EAUTH)
        (void)check(jg_last_failure()->node[0] == '\0' &&
                        strncmp(jg_last_failure()->text, "jobgen: job square failed: ", 27) == 0,
                    "no node is named: %s", jg_last_failure()->text);
    if (status == JG_OK) (void)check(value == 49, "one: %u", value);
    struct jg_node *nodes = NULL;
    size_t count = 0;
    status = status == JG_OK ? jg_nodes(&nodes, &count) : JG_OK;
    (void)check_status(status, JG_OK, "jg_nodes");
    jg_nodes_free(nodes);
}

/* COUNT calls, the next one whenever a line comes, of which the first may take MS. */
void do_each(char **words)
{
    struct jg_options options = {.timeout_ms = words[1] == NULL ? 0 : atoi(words[1])};
    for (int i = 0; i < atoi(words[0]); i++) {
        uint32_t value = 0;
        if (i > 0) await_line();
        jg_status status = square_await_get(square_start(&options, 7), &value);
        printf("%d ", (int)status);
        tell(status == JG_OK ? "" : jg_last_failure()->cause);
        options.timeout_ms = 0;
    }
}

/* Two results, or arguments, of MEBIBYTES; to be stopped by hand, or after MS. */
static jg_status stop_halfway(const char *what, const char *form, uint64_t size, int limit_ms)
{
    const struct jg_options limit = {.timeout_ms = limit_ms};
    bool is_map = strcmp(form, "map") == 0, is_make = strcmp(what, "result") == 0;
    uint8_t *bytes = is_make ? NULL : calloc(1, size), *made = NULL;
    uint64_t got;
    jg_status status;
    if (is_make && is_map) {
        struct make_args args[2] = {{size, &got}, {size, &got}};
        struct make_result results[2];
        status = make_map(&limit, args, 2, results);
    } else if (is_map) {
        struct add_up_args args[2] = {{bytes, size}, {bytes, size}};
        struct add_up_result results[2];
        status = add_up_map(&limit, args, 2, results);
    } else if (is_make) {
        make_job *first = make_start(&limit, size, &got), *job = make_start(&limit, size, &got);
        if (limit_ms == 0) (void)await_line();
        make_cancel(first);
        if (limit_ms == 0) make_cancel(job);
        status = limit_ms == 0 ? JG_ECANCELLED : make_await_get(job, &made);
    } else {
        add_up_job *first = add_up_start(&limit, bytes, size);
        add_up_job *job = add_up_start(&limit, bytes, size);
        if (limit_ms == 0) (void)await_line();
        add_up_cancel(first);
        if (limit_ms == 0) add_up_cancel(job);
        status = limit_ms == 0 ? JG_ECANCELLED : add_up_await_get(job, NULL);
    }
    free(bytes);
    free(made);
    return status;
}

/* WHAT ("result", "args") in a FORM ("get", "map") of MEBIBYTES with a limit of MS is under way
   when it is stopped, at the second time too, where nothing more may be held than after the first.
 */
void do_half(char **words)
{
    char line[40];
    uint64_t size = (uint64_t)atoi(words[2]) << 20;
    for (int i = 0; i < 2; i++) {
        jg_status status = stop_halfway(words[0], words[1], size, atoi(words[3]));
        (void)snprintf(line, sizeof line, "stopped %d", (int)status);
        tell(line);
        (void)await_line();
    }
    uint32_t value = 0;
    (void)check_status(square_await_get(square_start(NULL, 7), &value), JG_OK, "behind it");
}

/* The nodes as they are seen, whenever a line comes, COUNT times at most. */
void do_nodes(char **words)
{
    int lines = words[0] == NULL ? 1 : atoi(words[0]);
    for (int i = 0; i < lines; i++) {
        struct jg_node *nodes = NULL;
        size_t count = 0;
        if (i > 0 && !await_line()) return;
        jg_status status = jg_nodes(&nodes, &count);
        printf("nodes: %d", (int)status);
        for (size_t k = 0; k < count; k++)
            printf(" %s,%s,%s,%u,%u,%d", nodes[k].name, nodes[k].address, nodes[k].tags,
                   nodes[k].slots, nodes[k].busy, nodes[k].draining);
        tell(status == JG_OK ? "" : jg_last_failure()->cause);
        jg_nodes_free(nodes);
    }
}

/* A child of a program that has called nodes: each of its calls ends at once, with the cause. */
void do_fork(char **words)
{
    uint32_t value = 0;
    int status = -1;
    (void)words;
    (void)check_status(square_remote(3, &value), JG_OK, "before");
    square_job *job = square_remote_async(4);
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        bool is_right =
            check_status(square_remote(3, &value), JG_EUNSUITABLE, "in the child") &&
            check(strstr(jg_last_failure()->cause, "fork") != NULL, "cause: %s",
                  jg_last_failure()->cause) &&
            check_status(square_await_get(job, &value), JG_ECANCELLED, "its parent's") &&
            check_status(square_local(5, &value), JG_OK, "local in the child");
        (void)fflush(stdout);
        _exit(is_right ? 0 : 1);
    }
    (void)check(waitpid(child, &status, 0) == child && status == 0, "the child: %d", status);
    (void)check_status(square_await_get(job, &value), JG_OK, "the parent's handle");
    (void)check_status(square_remote(5, &value), JG_OK, "the parent goes on");
}
