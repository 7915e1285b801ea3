/* SPDX-License-Identifier: MIT */
/* The words that the program knows, and what all of them use. */
#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bad;

bool check(bool is_true, const char *format, ...)
{
    va_list words;
    if (is_true) return true;
    (void)__atomic_add_fetch(&bad, 1, __ATOMIC_RELAXED);
    va_start(words, format);
    flockfile(stdout);
    printf("not so: ");
    (void)vprintf(format, words);
    printf("\n");
    funlockfile(stdout);
    va_end(words);
    return false;
}

bool check_status(jg_status status, jg_status right, const char *what)
{
    const struct jg_failure *failure = jg_last_failure();
    return check(status == right, "%s: '%s' where '%s' is right; %s", what, jg_strerror(status),
                 jg_strerror(right), status != JG_OK && failure != NULL ? failure->text : "");
}

int node_index(const char *name)
{
    bool is_one = name[0] == 'n' && name[1] >= '1' && name[1] <= '3' && name[2] == '\0';
    return is_one ? name[1] - '1' : -1;
}

const char *in_folder(const char *name)
{
    static char folder[256], paths[8][300];
    if (folder[0] == '\0' && getcwd(folder, sizeof folder) == NULL) exit(1);
    int i = 0;
    while (i < 7 && paths[i][0] != '\0' && strcmp(strrchr(paths[i], '/') + 1, name) != 0)
        i++;
    (void)snprintf(paths[i], sizeof paths[i], "%s/%s", folder, name);
    return paths[i];
}

int make_fifo(const char *name)
{
    int fd = mkfifo(name, 0600) == 0 ? open(name, O_RDWR | O_CLOEXEC) : -1;
    (void)check(fd >= 0, "the FIFO %s is made", name);
    return fd;
}

bool read_worker(int fifo_fd, struct worker *ret_worker)
{
    struct pollfd news = {.fd = fifo_fd, .events = POLLIN};
    *ret_worker = (struct worker){.pid = 0};
    return check(poll(&news, 1, GONE_MS) == 1 &&
                     read(fifo_fd, ret_worker, sizeof *ret_worker) == (ssize_t)sizeof *ret_worker,
                 "a job tells that it runs");
}

bool is_gone(pid_t pid)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    if (pidfd < 0) return errno == ESRCH;
    bool has_ended = poll(&end, 1, GONE_MS) == 1;
    (void)close(pidfd);
    return has_ended;
}

long peak_kib(void)
{
    char line[128];
    long peak = -1;
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0) peak = atol(line + 6);
    if (file != NULL) (void)fclose(file);
    return peak;
}

bool await_line(void)
{
    char byte = '\0';
    while (byte != '\n' && read(0, &byte, 1) == 1)
        continue;
    return byte == '\n';
}

void tell(const char *line)
{
    (void)puts(line);
    (void)fflush(stdout);
}

static const struct {
    const char *word;
    void (*run)(char **words);
} known[] = {
    {"forms", do_forms},         {"maps", do_maps},       {"callbacks", do_callbacks},
    {"waits", do_waits},         {"deaths", do_deaths},   {"stops", do_stops},
    {"unread", do_unread},       {"prints", do_prints},   {"sizes", do_sizes},
    {"large", do_large},         {"nested", do_nested},   {"many", do_many},
    {"crowd", do_crowd},         {"leave", do_leave},     {"pass", do_pass},
    {"pass-late", do_pass_late}, {"one", do_one},         {"fan", do_fan},
    {"full", do_full},           {"nodes", do_nodes},     {"fork", do_fork},
    {"build", do_build},         {"threads", do_threads}, {"spread", do_spread},
    {"overdue", do_overdue},     {"behind", do_behind},   {"each", do_each},
    {"half", do_half},
};

int main(int argc, char **argv)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing */
    for (size_t i = 0; argc > 1 && i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].word, argv[1]) == 0) {
            known[i].run(argv + 2);
            return bad != 0;
        }
    (void)fputs("usage: program WORD...\n", stderr);
    return 2;
}
