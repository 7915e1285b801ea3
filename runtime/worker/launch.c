/* SPDX-License-Identifier: MIT */
/* Starts this program again as a zygote, as a process that is nobody's child.

   Two clones that share memory and hold their parent (CLONE_VFORK), with exit signal 0: the first
   makes the second and ends, so the zygote belongs to init; the first is reaped by __WCLONE, which
   the user's wait() and SIGCHLD never see. */
#define _GNU_SOURCE
#include "launch.h"

#include "../base/fd.h"
#include "entry.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* clone without the interceptors of sanitizers, which take it for a fork with memory of its own. */
extern int __clone(int (*run)(void *argument), void *stack_end, int flags, void *argument, ...);

enum { STACK_SIZE = 64 * 1024, SOCKET_FD = 3 };

struct launch {
    char *stack; /* of both children */
    int socket_fd;
    const char *path;
    char **argv, **envp;
    volatile pid_t zygote_pid;
    volatile int error;
};

__attribute__((no_sanitize("address", "thread", "undefined"))) static int run_zygote(void *argument)
{
    struct launch *launch = argument;
    struct sigaction plain;
    memset(&plain, 0, sizeof plain);
    plain.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &plain, NULL);
    (void)setpgid(0, 0);
    int null_fd = open("/dev/null", O_RDWR);
    if (null_fd < 0 || dup2(null_fd, 0) < 0) goto failed;
    if (launch->socket_fd == SOCKET_FD) {
        if (fcntl(SOCKET_FD, F_SETFD, 0) != 0) goto failed;
    } else if (dup2(launch->socket_fd, SOCKET_FD) < 0) {
        goto failed;
    }
    if (syscall(SYS_close_range, SOCKET_FD + 1, ~0u, 0) != 0)
        for (int fd = SOCKET_FD + 1; fd < 65536; fd++) /* a kernel before 5.9 */
            (void)close(fd);
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)execve(launch->path, launch->argv, launch->envp);
failed:
    launch->error = errno;
    _exit(127);
}

__attribute__((no_sanitize("address", "thread", "undefined"))) static int
run_between(void *argument)
{
    struct launch *launch = argument;
    pid_t pid = __clone(run_zygote, launch->stack + STACK_SIZE / 2, CLONE_VM | CLONE_VFORK, launch);
    if (pid < 0)
        launch->error = errno;
    else
        launch->zygote_pid = pid;
    _exit(0);
}

/* The environment with the mark at its end; only the array is new. */
static char **marked_environment(char *mark)
{
    size_t count = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **envp = calloc(count + 2, sizeof *envp);
    if (envp == NULL) return NULL;
    if (count > 0) memcpy(envp, environ, count * sizeof *envp);
    envp[count] = mark;
    return envp;
}

/* Under valgrind /proc/self/exe is its tool: then the path that the link gives. */
static const char *program_path(char *room, size_t size)
{
    const char *preload = getenv("LD_PRELOAD");
    ssize_t length = readlink("/proc/self/exe", room, size - 1);
    if (preload == NULL || strstr(preload, "vgpreload") == NULL || length <= 0)
        return "/proc/self/exe";
    room[length] = '\0';
    return room;
}

static jg_status status_of(int error)
{
    switch (error) {
    case EAGAIN:
    case EMFILE:
    case ENFILE:
        return JG_EFULL;
    case ENOMEM:
        return JG_ENOMEM;
    case EACCES:
    case EPERM:
    case ENOENT:
    case ENOTDIR:
        return JG_EUNSUITABLE;
    default:
        return JG_EINTERNAL;
    }
}

static void run_clones(struct launch *launch)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t between =
        __clone(run_between, launch->stack + STACK_SIZE, CLONE_VM | CLONE_VFORK, launch);
    if (between < 0)
        launch->error = errno;
    else
        while (waitpid(between, NULL, (int)__WCLONE) < 0 && errno == EINTR) {
        }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

jg_status jgi_launch(int *ret_socket, pid_t *ret_pid, char *ret_text, size_t text_size)
{
    char path[4096], mark[64];
    char name[] = "jobgen-zygote";
    char *argv[] = {name, NULL};
    int pair[2] = {-1, -1};
    struct stat status;
    struct launch launch = {.path = program_path(path, sizeof path), .argv = argv};
    if (getauxval(AT_SECURE) != 0) {
        (void)snprintf(ret_text, text_size,
                       "a set-id program cannot be started again for its jobs");
        return JG_EUNSUITABLE;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0 ||
        fstat(pair[1], &status) != 0) {
        launch.error = errno;
    } else {
        (void)snprintf(mark, sizeof mark, JGI_MARK "=%d:%llu", SOCKET_FD,
                       (unsigned long long)status.st_ino);
        launch.socket_fd = pair[1];
        launch.envp = marked_environment(mark);
        launch.stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        if (launch.envp == NULL || launch.stack == MAP_FAILED)
            launch.error = ENOMEM;
        else
            run_clones(&launch);
        if (launch.stack != MAP_FAILED) (void)munmap(launch.stack, STACK_SIZE);
        free(launch.envp);
    }
    (void)jgi_fd_close(pair[1]);
    if (launch.error != 0) {
        (void)jgi_fd_close(pair[0]);
        (void)snprintf(ret_text, text_size, "the program cannot be started again for its jobs: %s",
                       strerror(launch.error));
        return status_of(launch.error);
    }
    *ret_socket = pair[0];
    *ret_pid = launch.zygote_pid;
    return JG_OK;
}
