/* SPDX-License-Identifier: MIT */
/* Lets the first call of a kind fail in a role (inject.h), then the second, and so on until a run
 * passes without a failure: each run ends in time, by itself, with what the program accepts, and
 * leaves no process. Prints TAP.
 *
 * Usage: fault PROGRAM ROLE KIND */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUN_MS = 120 * 1000, END_MS = 30 * 1000, RUNS_MAX = 2000, SHOWN_MAX = 20 };

static char note_path[] = "fault-XXXXXX";
static int shown;

/* A child's end in that time; false: it had to be killed. */
static bool await_end(pid_t pid, int timeout_ms, int *ret_status)
{
    for (int ms = 0; ms < timeout_ms; ms++) {
        if (waitpid(pid, ret_status, WNOHANG) == pid) return true;
        (void)poll(NULL, 0, 1);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, ret_status, 0);
    return false;
}

/* The zygote becomes our child when the program ends. */
static bool await_nobody(void)
{
    for (int ms = 0; ms < END_MS; ms++) {
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
        if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD) return true;
        (void)poll(NULL, 0, 1);
    }
    return false;
}

/* The thread sanitizer waits for a second at each exit, for races that come late. */
static void hurry_tsan(void)
{
    const char *given = getenv("TSAN_OPTIONS");
    char options[200];
    (void)snprintf(options, sizeof options, "%s:atexit_sleep_ms=0", given == NULL ? "" : given);
    (void)setenv("TSAN_OPTIONS", options, 1);
}

/* NULL: good; else what was wrong. */
static const char *run(const char *program, const char *fault)
{
    static char why[80];
    int status = 0;
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) return "no process";
    if (pid == 0) {
        (void)setenv("FAULT", fault, 1);
        (void)setenv("FAULT_NOTE", note_path, 1);
        hurry_tsan();
        (void)execl(program, program, (char *)NULL);
        _exit(127);
    }
    if (!await_end(pid, RUN_MS, &status)) return "it has not ended";
    if (WIFSIGNALED(status)) {
        (void)snprintf(why, sizeof why, "it was killed by signal %d", WTERMSIG(status));
        return why;
    }
    if (WEXITSTATUS(status) != 0) {
        (void)snprintf(why, sizeof why, "exit %d", WEXITSTATUS(status));
        return why;
    }
    return await_nobody() ? NULL : "it left a process";
}

/* The functions that failed, one a line; false: none has. */
static bool read_note(char *ret_names, size_t size)
{
    FILE *note = fopen(note_path, "r");
    ret_names[0] = '\0';
    if (note != NULL) (void)!fgets(ret_names, (int)size, note);
    if (note != NULL) (void)fclose(note);
    ret_names[strcspn(ret_names, "\n")] = '\0';
    return ret_names[0] != '\0';
}

int main(int argc, char **argv)
{
    bool is_reached = true;
    int bad = 0, at = 0;
    if (argc != 4) return 2;
    int note_fd = mkstemp(note_path);
    if (note_fd < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return 2;
    (void)close(note_fd);
    while (is_reached && at < RUNS_MAX) {
        char fault[80], name[80];
        (void)snprintf(fault, sizeof fault, "%s:%s:%d", argv[2], argv[3], ++at);
        (void)truncate(note_path, 0);
        const char *why = run(argv[1], fault);
        is_reached = read_note(name, sizeof name);
        if (why == NULL) continue;
        bad++;
        if (shown++ < SHOWN_MAX) printf("# FAULT=%s (%s): %s\n", fault, name, why);
    }
    (void)unlink(note_path);
    printf("# %d calls failed in turn\n", at - 1);
    printf("%sok 1 - %s in the %s fails: every call ends as it should\n", bad > 0 ? "not " : "",
           argv[3], argv[2]);
    printf("%sok 2 - and there was something to fail\n", at > 1 && !is_reached ? "" : "not ");
    printf("1..2\n");
    return bad > 0 || at == 1 || is_reached;
}
