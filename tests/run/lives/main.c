/* SPDX-License-Identifier: MIT */
/* Zygotes and workers as the program around them sees them: nobody's children, ended with their
   owner however it ends, and replaced when they die. Prints TAP; started again with a word it is
   the owner that ends. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs.h"

enum { END_MS = 30000, RUNNING = 2 };

/* @job */
int zygote_of(int unused)
{
    (void)unused;
    return getppid();
}

/* @job */
void hang(void)
{
    printf("# %d\n", (int)getpid());
    for (;;)
        (void)pause();
}

/* @job */
void kill_zygote(void)
{
    /* jobgen: no-warn uses-signals: that is what is tried */
    (void)kill(getppid(), SIGKILL);
    for (;;)
        (void)pause();
}

static int count, bad;
static volatile sig_atomic_t child_signals;

static void check(bool is_true, const char *what)
{
    count++;
    if (!is_true) bad++;
    printf("%sok %d - %s\n", is_true ? "" : "not ", count, what);
}

static void on_child(int number)
{
    (void)number;
    child_signals++;
}

static void check_unseen(void)
{
    int zygote = 0;
    (void)signal(SIGCHLD, on_child);
    jg_status status = zygote_of_local(0, &zygote);
    check(status == JG_OK && zygote > 0, "a job has run");
    pid_t waited = waitpid(-1, NULL, WNOHANG);
    check(waited == -1 && errno == ECHILD, "wait() sees no child");
    check(child_signals == 0, "SIGCHLD never came");
    (void)signal(SIGCHLD, SIG_DFL);
}

static void check_replaced(void)
{
    int first = 0, second = 0;
    jg_status status = zygote_of_local(0, &first);
    check(status == JG_OK && kill_zygote_local() == JG_ESIGNAL,
          "the end of its zygote ends a job by a signal");
    check(strstr(jg_last_failure()->cause, "zygote") != NULL, "and is named");
    check(zygote_of_local(0, &second) == JG_OK && second != first,
          "the next call has another zygote");
}

/* The child: starts jobs that hang, tells by its standard output who they are, and ends. */
static int be_owner(const char *how)
{
    int zygote = 0;
    hang_job *jobs[RUNNING];
    if (zygote_of_local(0, &zygote) != JG_OK) return 1;
    printf("# %d\n", zygote);
    (void)fflush(stdout);
    for (int i = 0; i < RUNNING; i++)
        jobs[i] = hang_local_async();
    char line[8];
    if (fgets(line, sizeof line, stdin) == NULL) return 1; /* all have told: now */
    if (strcmp(how, "kill") == 0) (void)kill(getpid(), SIGKILL);
    if (strcmp(how, "exit") == 0) exit(0);
    if (strcmp(how, "_exit") == 0) _exit(0);
    if (strcmp(how, "abort") == 0) (void)signal(SIGABRT, SIG_DFL), abort();
    return jobs[0] == NULL; /* from main */
}

static bool ends_in_time(int pidfd)
{
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    return poll(&end, 1, END_MS) == 1;
}

static void check_owner(const char *self, const char *how)
{
    int down[2], up[2], pidfds[1 + RUNNING], known = 0;
    char what[80], line[32];
    if (pipe(down) != 0 || pipe(up) != 0) exit(1);
    pid_t owner = fork();
    if (owner == 0) {
        (void)dup2(down[0], 0);
        (void)dup2(up[1], 1);
        (void)close(down[1]);
        (void)close(up[0]);
        (void)execl(self, self, how, (char *)NULL);
        _exit(127);
    }
    (void)close(down[0]);
    (void)close(up[1]);
    FILE *told = fdopen(up[0], "r");
    while (known < 1 + RUNNING && fgets(line, sizeof line, told) != NULL) {
        pidfds[known] = (int)syscall(SYS_pidfd_open, (pid_t)atoi(line + 2), 0);
        known++;
    }
    (void)!write(down[1], "now\n", 4);
    (void)waitpid(owner, NULL, 0);
    bool has_ended = known == 1 + RUNNING;
    for (int i = 0; i < known; i++) {
        has_ended = pidfds[i] >= 0 && ends_in_time(pidfds[i]) && has_ended;
        (void)close(pidfds[i]);
    }
    (void)snprintf(what, sizeof what, "nothing is left of an owner that ends by %s", how);
    check(has_ended, what);
    (void)fclose(told);
    (void)close(down[1]);
}

static bool main_was_entered;

static void die_in_zygote(void)
{
    if (!main_was_entered) _exit(1);
}

/* A program whose zygote says that it is ready and dies at each fork: the call must end. */
__attribute__((constructor)) static void arm(void)
{
    if (getenv("FORK_DIES") != NULL) (void)pthread_atfork(die_in_zygote, NULL, NULL);
}

static int be_dying(void)
{
    int zygote = 0;
    jg_status status = zygote_of_local(0, &zygote);
    return status == JG_ESIGNAL && strstr(jg_last_failure()->cause, "zygote") != NULL ? 0 : 1;
}

static void check_dying(const char *self)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        (void)setenv("FORK_DIES", "yes", 1);
        (void)execl(self, self, "dying", (char *)NULL);
        _exit(127);
    }
    (void)waitpid(child, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0,
          "a zygote that always dies is not started for ever");
}

int main(int argc, char **argv)
{
    static const char *const ends[] = {"kill", "exit", "_exit", "abort", "main"};
    main_was_entered = true;
    if (argc > 1 && strcmp(argv[1], "dying") == 0) return be_dying();
    if (argc > 1) return be_owner(argv[1]);
    check_unseen();
    check_replaced();
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        check_owner(argv[0], ends[i]);
    check_dying(argv[0]);
    printf("1..%d\n", count);
    return bad != 0;
}
