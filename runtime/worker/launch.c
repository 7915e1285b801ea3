/* SPDX-License-Identifier: MIT */
/* Starts this program again, or another one: as a zygote that is nobody's child, or as a worker of
   a zygote.

   Two clones that share memory and hold their parent (CLONE_VFORK), with exit signal 0: the first
   makes the second and ends, so the zygote belongs to init; the first is reaped by __WCLONE. The
   user's wait() and SIGCHLD never see either. Until the exec the children run on a stack of their
   own, with all signals blocked, and make system calls only: other threads may hold any lock, and
   sanitizers' interceptors would take them for this thread.

   What fails in a child is told by `error` in the shared memory. What fails after the exec shows as
   the end of the socket. */
#define _GNU_SOURCE
#include "launch.h"

#include "../base/fd.h"
#include "entry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* clone without the interceptors of sanitizers, which take it for a fork with memory of its own. */
extern int __clone(int (*run)(void *argument), void *stack_end, int flags, void *argument, ...);

#ifdef __clang__
#define RUNS_IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined", "memory")))
#else
#define RUNS_IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined")))
#endif

enum {
    STACK_SIZE = 32 * 1024,
    STACK_HEAD = 256 /* glibc's syscall reads above its frame */, /* of each child */
    FDS_MAX = 4,
    FD_ASIDE = 16, /* from here on descriptors are put while 0 to 6 get their new meaning */
    SIGNAL_SET_SIZE = _NSIG / 8,
    PID_DIGITS = 10
};

struct start {
    char path[4096];
    char mark[96];
    char *mark_end; /* where the child writes its pid */
    char *const *argv;
    char **envp;
    const char *directory; /* NULL: as it is */
    char *stacks;
    int fds[FDS_MAX];
    size_t fd_count;
    bool keeps_stderr;
    bool binds_now;
    bool is_child; /* of this process, which is a zygote */
    volatile int error;
    volatile pid_t pid;
};

/* The kernel's sigaction for SIG_DFL, and the empty signal set. */
static const uint64_t zeros[8];

RUNS_IN_CHILD static void write_pid(char *to, long pid)
{
    for (int i = PID_DIGITS - 1; i >= 0; i--) {
        to[i] = (char)('0' + pid % 10);
        pid /= 10;
    }
}

/* For kernels before 5.9, or where a filter forbids close_range: closes what /proc lists. */
RUNS_IN_CHILD static void close_by_listing(int first)
{
    char room[1024] __attribute__((aligned(8)));
    long directory = syscall(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY, 0);
    long size;
    if (directory < 0) return;
    while ((size = syscall(SYS_getdents64, directory, room, sizeof room)) > 0) {
        for (long at = 0; at < size;) {
            const struct dirent64 *one = (const void *)(room + at);
            long fd = 0;
            at += one->d_reclen;
            for (const char *digit = one->d_name; *digit >= '0' && *digit <= '9'; digit++)
                fd = fd * 10 + (*digit - '0');
            if (fd >= first && fd != directory) (void)syscall(SYS_close, fd);
        }
    }
    (void)syscall(SYS_close, directory);
}

/* An empty file to read from, somewhere to write to. */
RUNS_IN_CHILD static long open_null(void)
{
    long fd = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR, 0);
    if (fd < 0) fd = syscall(SYS_memfd_create, "null", 0); /* a bare chroot */
    if (fd < 0) return fd;
    return syscall(SYS_fcntl, fd, F_DUPFD, FD_ASIDE);
}

RUNS_IN_CHILD static int place_descriptors(const struct start *start)
{
    long aside[FDS_MAX];
    long null_fd = open_null();
    int behind = JGI_FD_SOCKET + (int)start->fd_count;
    if (null_fd < 0) return errno == EINVAL ? EMFILE : errno;
    for (size_t i = 0; i < start->fd_count; i++) {
        aside[i] = syscall(SYS_fcntl, start->fds[i], F_DUPFD, FD_ASIDE);
        if (aside[i] < 0) return errno == EINVAL ? EMFILE : errno;
    }
    for (int fd = 0; fd <= 2; fd++) {
        bool is_kept = fd == 2 && start->keeps_stderr && syscall(SYS_fcntl, fd, F_GETFD, 0) >= 0;
        if (!is_kept && syscall(SYS_dup3, null_fd, fd, 0) < 0) return errno;
    }
    for (size_t i = 0; i < start->fd_count; i++)
        if (syscall(SYS_dup3, aside[i], JGI_FD_SOCKET + (int)i, 0) < 0) return errno;
    if (syscall(SYS_close_range, behind, ~0u, 0) != 0) close_by_listing(behind);
    return 0;
}

RUNS_IN_CHILD static int run_program(void *argument)
{
    struct start *start = argument;
    for (int number = 1; number < _NSIG; number++)
        (void)syscall(SYS_rt_sigaction, number, zeros, NULL, (size_t)SIGNAL_SET_SIZE);
    (void)syscall(SYS_setpgid, 0, 0);
    if (start->is_child) (void)syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    write_pid(start->mark_end, syscall(SYS_getpid));
    start->error = place_descriptors(start);
    if (start->error == 0 && start->directory != NULL && syscall(SYS_chdir, start->directory) != 0)
        start->error = errno;
    if (start->error == 0) {
        (void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, zeros, NULL, (size_t)SIGNAL_SET_SIZE);
        (void)syscall(SYS_execve, start->path, start->argv, start->envp);
        start->error = errno;
    }
    return (int)syscall(SYS_exit_group, 127);
}

RUNS_IN_CHILD static int run_between(void *argument)
{
    struct start *start = argument;
    pid_t pid = __clone(run_program, start->stacks + STACK_SIZE - STACK_HEAD,
                        CLONE_VM | CLONE_VFORK, start);
    if (pid < 0)
        start->error = errno;
    else
        start->pid = pid;
    return (int)syscall(SYS_exit_group, 0);
}

/* Also the two signals that the C library keeps to itself are blocked: the children share this
   thread's memory, and must not run its handlers. */
static void run_children(struct start *start)
{
    uint64_t all[SIGNAL_SET_SIZE / 8], before[SIGNAL_SET_SIZE / 8];
    memset(all, 0xff, sizeof all);
    (void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, all, before, (size_t)SIGNAL_SET_SIZE);
    int flags = CLONE_VM | CLONE_VFORK;
    pid_t pid =
        start->is_child
            ? __clone(run_program, start->stacks + STACK_SIZE - STACK_HEAD, flags | SIGCHLD, start)
            : __clone(run_between, start->stacks + 2 * STACK_SIZE - STACK_HEAD, flags, start);
    if (pid < 0)
        start->error = errno;
    else if (start->is_child)
        start->pid = pid;
    else
        while (syscall(SYS_wait4, pid, NULL, __WCLONE, NULL) < 0 && errno == EINTR) {
        } /* somebody's __WALL may have been faster: the same */
    (void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, before, NULL, (size_t)SIGNAL_SET_SIZE);
}

/* The environment with what the child takes out again at its end; only the array is new. */
static char **marked_environment(struct start *start, char *const *environment)
{
    static char bind_now[] = JGI_BIND_NOW "=" JGI_BIND_NOW_MARK;
    size_t count = 0;
    bool has_bind_now = false;
    for (; environment != NULL && environment[count] != NULL; count++)
        if (strncmp(environment[count], bind_now, sizeof JGI_BIND_NOW) == 0) has_bind_now = true;
    char **envp = calloc(count + 3, sizeof *envp);
    if (envp == NULL) return NULL;
    if (count > 0) memcpy(envp, environment, count * sizeof *envp);
    envp[count++] = start->mark;
    if (start->binds_now && !has_bind_now) envp[count] = bind_now;
    return envp;
}

/* /proc/self/exe is the program also when its file was removed or replaced. Under valgrind it is
   valgrind's tool: then the path that the link gives. */
static void find_program(char *ret_path, size_t size)
{
    const char *preload = getenv("LD_PRELOAD");
    ssize_t length = -1;
    if (preload != NULL && strstr(preload, "vgpreload") != NULL)
        length = readlink("/proc/self/exe", ret_path, size - 1);
    if (length > 0)
        ret_path[length] = '\0';
    else
        (void)snprintf(ret_path, size, "/proc/self/exe");
}

/* Path and arguments. 0, or the errno. */
static int name_program(struct start *start, const struct jgi_program *program)
{
    static char name[] = "jobgen", *no_arguments[] = {name, NULL};
    if (program->path == NULL) {
        find_program(start->path, sizeof start->path);
        start->argv = jgi_entry_arguments();
    } else {
        if (strlen(program->path) >= sizeof start->path) return ENAMETOOLONG;
        (void)strcpy(start->path, program->path);
        start->argv = program->arguments;
    }
    if (start->argv == NULL) start->argv = no_arguments;
    return 0;
}

/* fds[0], the socket, and the others are set. 0, or the errno. */
static int start_program(struct start *start, const struct jgi_program *program, enum jgi_role role)
{
    const char *log = getenv("JOBGEN_LOG");
    struct stat status;
    if (fstat(start->fds[0], &status) != 0) return errno;
    int error = name_program(start, program);
    if (error != 0) return error;
    int length = snprintf(start->mark, sizeof start->mark, JGI_MARK "=%c%d:%llu:", role,
                          JGI_FD_SOCKET, (unsigned long long)status.st_ino);
    start->mark_end = start->mark + length; /* the room behind is all zero, and longer than a pid */
    start->directory = program->directory;
    start->keeps_stderr = log != NULL && strcmp(log, "debug") == 0;
    start->envp =
        marked_environment(start, program->environment != NULL ? program->environment : environ);
    start->stacks = mmap(NULL, 2 * STACK_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (start->envp == NULL || start->stacks == MAP_FAILED)
        start->error = ENOMEM;
    else
        run_children(start);
    if (start->stacks != MAP_FAILED) (void)munmap(start->stacks, 2 * STACK_SIZE);
    free(start->envp);
    return start->error;
}

static const struct cause {
    int error;
    jg_status status;
    const char *text; /* the cause, and what helps */
} causes[] = {
    {EAGAIN, JG_EFULL, "the limit of processes is reached: raise it (ulimit -u, or the cgroup's)"},
    {EMFILE, JG_EFULL, "the limit of descriptors is reached: raise it (ulimit -n)"},
    {ENFILE, JG_EFULL, "the system's limit of open files is reached: raise it (fs.file-max)"},
    {ENOMEM, JG_ENOMEM, "no memory is left for it: free some, or raise the limit (ulimit -v, -d)"},
    {ENOSPC, JG_ENOMEM,
     "there is no room for another watch or memfd: raise the limit (fs.epoll.max_user_watches)"},
    {E2BIG, JG_ENOMEM,
     "its arguments and environment find no room: raise the limits (ulimit -s, -v)"},
    {EACCES, JG_EUNSUITABLE,
     "its file may not be executed: is its file system mounted noexec? Remount it, or run the "
     "program from another"},
    {EPERM, JG_EUNSUITABLE, "that is forbidden here: ask who set up the sandbox of this program"},
    {ENOENT, JG_EUNSUITABLE, "/proc/self/exe is not there: mount /proc"},
};

jg_status jgi_launch_describe(int error, char *ret_text, size_t text_size)
{
    struct cause found = {error, JG_EINTERNAL, strerror(error)};
    if (error == ENOTDIR || error == ENOEXEC || error == ETXTBSY) found.status = JG_EUNSUITABLE;
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (causes[i].error == error) found = causes[i];
    (void)snprintf(ret_text, text_size, "the program cannot be started again for its jobs: %s",
                   found.text);
    return found.status;
}

static jg_status refuse(jg_status status, const char *why, char *ret_text, size_t text_size)
{
    (void)snprintf(ret_text, text_size, "%s", why);
    return status;
}

static int launch(const struct jgi_program *program, bool binds_now, int *ret_socket,
                  pid_t *ret_pid)
{
    int pair[2];
    struct start *start = calloc(1, sizeof *start);
    if (start == NULL) return ENOMEM;
    int error = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0 ? errno : 0;
    if (error == 0) {
        /* Not among 0 to 2, should the program have closed some of them: it may print. */
        int socket_fd = fcntl(pair[0], F_DUPFD_CLOEXEC, 3);
        start->fds[0] = pair[1];
        start->fd_count = 1;
        start->binds_now = binds_now;
        error = socket_fd < 0 ? EMFILE : start_program(start, program, JGI_ROLE_ZYGOTE);
        if (error == 0) {
            *ret_socket = socket_fd;
            *ret_pid = start->pid;
        } else {
            (void)jgi_fd_close(socket_fd);
        }
        (void)jgi_fd_close(pair[0]);
        (void)jgi_fd_close(pair[1]);
    }
    free(start);
    return error;
}

jg_status jgi_launch_check(char *ret_text, size_t text_size)
{
    if (getauxval(AT_SECURE) != 0)
        return refuse(JG_EUNSUITABLE,
                      "the program cannot be started again for its jobs, since it is set-user-ID, "
                      "set-group-ID or has capabilities: call jobs from a program that is not",
                      ret_text, text_size);
    if (jgi_entry_is_starting())
        return refuse(JG_EMISMATCH, "a constructor called it in the process that workers come from",
                      ret_text, text_size);
    if (!jgi_entry_can_start())
        return refuse(JG_EMISMATCH,
                      "its library was opened with dlopen, or a constructor called it before the "
                      "program's own jobs were known; a library that brings jobs must be linked",
                      ret_text, text_size);
    return JG_OK;
}

jg_status jgi_launch(const struct jgi_program *program, bool binds_now, int *ret_socket,
                     pid_t *ret_pid, char *ret_text, size_t text_size)
{
    int cancel_state;
    jg_status status = program->path == NULL ? jgi_launch_check(ret_text, text_size) : JG_OK;
    if (status != JG_OK) return status;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    int error = launch(program, binds_now, ret_socket, ret_pid);
    (void)pthread_setcancelstate(cancel_state, NULL);
    if (error == 0) return JG_OK;
    status = jgi_launch_describe(error, ret_text, text_size);
    if (program->path != NULL)
        (void)snprintf(ret_text, text_size, "the program cannot be started for its jobs: %s: %s",
                       program->path, strerror(error));
    return status;
}

int jgi_launch_worker(const int *fds, size_t fd_count, pid_t *ret_pid)
{
    struct start *start = calloc(1, sizeof *start);
    if (start == NULL) return ENOMEM;
    memcpy(start->fds, fds, fd_count * sizeof *fds);
    start->fd_count = fd_count;
    start->is_child = true;
    int error = start_program(start, &(struct jgi_program){.path = NULL},
                              fd_count == FDS_MAX ? JGI_ROLE_REUSE : JGI_ROLE_FRESH);
    if (error == 0) *ret_pid = start->pid;
    free(start);
    return error;
}
