/* SPDX-License-Identifier: MIT */
#include "cluster.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, END_MS = 30000 };

static char root[64];
static const char *disk; /* size of the disk that the next daemons have for programs; NULL: any */

static void make(const char *name, const char *variable)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)setenv(variable, path, 1);
}

void t_cluster_open(void)
{
    (void)strcpy(root, "/tmp/jobgen-test-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    make("run", "XDG_RUNTIME_DIR");
    make("cache", "JOBGEN_CACHE_DIR");
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about;
    (void)type;
    (void)place;
    return remove(path);
}

void t_cluster_close(void)
{
    (void)nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *t_cluster_store(void)
{
    static char path[96];
    (void)snprintf(path, sizeof path, "%s/cache/programs", root);
    return path;
}

void t_cluster_disk(const char *size)
{
    disk = size;
}

/* In a namespace of its own, so that nobody else sees it. */
static void mount_disk(void)
{
    char options[40];
    (void)snprintf(options, sizeof options, "size=%s", disk);
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", getenv("JOBGEN_CACHE_DIR"), "tmpfs", 0, options) != 0)
        _exit(126);
}

static void child(const char *const *words, int ready_fd, int err_fd)
{
    const char *argv[32] = {getenv("JOBD")};
    char number[16];
    size_t count = 1;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing */
    if (disk != NULL) mount_disk();
    (void)dup2(err_fd, 2);
    (void)snprintf(number, sizeof number, "%d", ready_fd);
    for (; words[count - 1] != NULL; count++)
        argv[count] = words[count - 1];
    argv[count++] = "--ready-fd";
    argv[count++] = number;
    (void)execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* More of what it said; false: it says nothing any more. */
static bool read_more(struct t_daemon *daemon)
{
    size_t length = strlen(daemon->said);
    ssize_t got = read(daemon->err_fd, daemon->said + length, sizeof daemon->said - 1 - length);
    if (got <= 0) return false;
    daemon->said[length + (size_t)got] = '\0';
    return true;
}

void t_daemon_start(struct t_daemon *daemon, const char *const *words)
{
    int ready[2], err[2];
    char byte;
    *daemon = (struct t_daemon){.pid = -1};
    cr_assert_eq(pipe2(err, O_CLOEXEC), 0);
    cr_assert_eq(pipe(ready), 0);
    (void)fcntl(ready[0], F_SETFD, FD_CLOEXEC);
    daemon->err_fd = err[0];
    daemon->pid = fork();
    if (daemon->pid == 0) child(words, ready[1], err[1]);
    (void)close(ready[1]);
    (void)close(err[1]);
    struct pollfd news = {.fd = ready[0], .events = POLLIN};
    cr_assert_eq(poll(&news, 1, PATIENCE_MS), 1, "jobd is not ready");
    bool is_ready = read(ready[0], &byte, 1) == 1;
    (void)close(ready[0]);
    while (strchr(daemon->said, '\n') == NULL && read_more(daemon))
        ;
    const char *at = strstr(daemon->said, "listens on ");
    if (is_ready && at != NULL) (void)sscanf(at, "listens on %79s", daemon->address);
}

void t_node_start(struct t_daemon *daemon, const char *control, const char *const *words)
{
    char url[120];
    const char *all[24] = {"node", "--bind-socket", "[::1]:0", url};
    (void)snprintf(url, sizeof url, "http://%s/", control);
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        all[4 + i] = words[i];
    t_daemon_start(daemon, all);
    cr_assert(daemon->address[0] != '\0', "the node has not started: %s", daemon->said);
}

int t_daemon_end(struct t_daemon *daemon, int signal_number)
{
    int status = -1, pidfd = (int)syscall(SYS_pidfd_open, daemon->pid, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    (void)kill(daemon->pid, signal_number);
    cr_expect_eq(poll(&end, 1, END_MS), 1, "jobd does not end");
    (void)kill(daemon->pid, SIGKILL);
    (void)waitpid(daemon->pid, &status, 0);
    while (read_more(daemon))
        ;
    (void)close(pidfd);
    (void)close(daemon->err_fd);
    return status;
}

bool t_is_gone(pid_t pid)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    if (pidfd < 0) return errno == ESRCH;
    bool is_gone = poll(&end, 1, END_MS) == 1;
    (void)close(pidfd);
    return is_gone;
}
