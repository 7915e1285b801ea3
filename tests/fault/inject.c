/* SPDX-License-Identifier: MIT */
/* The wrapped functions: each asks whether it is its turn to fail. */
#define _GNU_SOURCE
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { MEMORY, SYSTEM };
enum role { CALLER, ZYGOTE, WORKER };

/* Workers are forked from their zygote: who I am is looked up again when the pid is another. */
static struct {
    int pid;
    enum role role;
    bool is_armed, has_failed; /* atomic, the latter */
    int at;                    /* 0: never */
    enum kind kind;
    bool is_lasting; /* all from there on */
    int count;       /* atomic */
} me;

/* Also called on the small stacks of launch.c's children. */
#define PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))

PLAIN static int own_pid(void)
{
    return (int)syscall(SYS_getpid);
}

static void learn(void)
{
    static const char *const roles[] = {"caller", "zygote", "worker"};
    const char *fault = getenv("FAULT"), *mark = getenv("JGI_ZYGOTE");
    int pid = own_pid();
    if (me.pid == pid) return;
    enum role role = me.pid != 0 && me.role == ZYGOTE ? WORKER
                     : mark == NULL                   ? CALLER
                     : mark[0] == 'z'                 ? ZYGOTE
                                                      : WORKER;
    me.pid = pid;
    me.role = role;
    me.count = 0;
    me.has_failed = false;
    me.is_armed = role != CALLER;
    me.at = 0;
    char wanted[16], kind[16];
    if (fault == NULL || sscanf(fault, "%15[^:]:%15[^:]:%d", wanted, kind, &me.at) != 3) return;
    me.kind = strcmp(kind, "system") == 0 ? SYSTEM : MEMORY;
    me.is_lasting = strcmp(kind, "all-memory") == 0;
    if (strcmp(wanted, roles[role]) != 0) me.at = 0;
}

void t_inject_arm(void)
{
    learn();
    me.is_armed = true;
}

bool t_inject_has_failed(void)
{
    return __atomic_load_n(&me.has_failed, __ATOMIC_RELAXED);
}

static void note(const char *function)
{
    const char *path = getenv("FAULT_NOTE");
    int fd = path == NULL ? -1
                          : (int)syscall(SYS_openat, AT_FDCWD, path,
                                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return;
    (void)!write(fd, function, strlen(function));
    (void)!write(fd, "\n", 1);
    (void)close(fd);
}

static bool fails(enum kind kind, const char *function, int error)
{
    learn();
    if (!me.is_armed || me.at == 0 || kind != me.kind) return false;
    int count = __atomic_add_fetch(&me.count, 1, __ATOMIC_RELAXED);
    if (count < me.at || (count > me.at && !me.is_lasting)) return false;
    __atomic_store_n(&me.has_failed, true, __ATOMIC_RELAXED);
    if (count == me.at) note(function);
    errno = error;
    return true;
}

/* result __wrap_NAME(params): `failed` when it is its turn, else the real one. */
#define WRAP(kind, error, failed, result, name, params, args)                                      \
    result __real_##name params;                                                                   \
    result __wrap_##name params;                                                                   \
    result __wrap_##name params                                                                    \
    {                                                                                              \
        return fails(kind, #name, error) ? (failed) : __real_##name args;                          \
    }

WRAP(MEMORY, ENOMEM, NULL, void *, malloc, (size_t size), (size))
WRAP(MEMORY, ENOMEM, NULL, void *, calloc, (size_t count, size_t size), (count, size))
WRAP(MEMORY, ENOMEM, NULL, void *, realloc, (void *bytes, size_t size), (bytes, size))
WRAP(MEMORY, ENOMEM, NULL, void *, reallocarray, (void *bytes, size_t count, size_t size),
     (bytes, count, size))
WRAP(MEMORY, ENOMEM, NULL, char *, strdup, (const char *text), (text))
WRAP(MEMORY, ENOMEM, -1, int, vasprintf, (char **ret_text, const char *format, va_list args),
     (ret_text, format, args))
#ifdef T_WRAPS_ATFORK
WRAP(MEMORY, ENOMEM, ENOMEM, int, pthread_atfork,
     (void (*before)(void), void (*parent)(void), void (*child)(void)), (before, parent, child))
#endif

WRAP(SYSTEM, ENOMEM, MAP_FAILED, void *, mmap64,
     (void *address, size_t size, int rights, int flags, int fd, off_t offset),
     (address, size, rights, flags, fd, offset))
WRAP(SYSTEM, EMFILE, -1, int, memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP(SYSTEM, EMFILE, -1, int, socketpair, (int domain, int type, int protocol, int *pair),
     (domain, type, protocol, pair))
WRAP(SYSTEM, EMFILE, -1, int, pipe2, (int *ends, int flags), (ends, flags))
WRAP(SYSTEM, EMFILE, -1, int, epoll_create1, (int flags), (flags))
WRAP(SYSTEM, EMFILE, -1, int, eventfd, (unsigned value, int flags), (value, flags))
WRAP(SYSTEM, EMFILE, -1, int, signalfd, (int fd, const sigset_t *mask, int flags),
     (fd, mask, flags))
WRAP(SYSTEM, ENOSPC, -1, int, ftruncate64, (int fd, off_t size), (fd, size))
WRAP(SYSTEM, EAGAIN, -1, int, fork, (void), ())
WRAP(SYSTEM, EAGAIN, EAGAIN, int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument),
     (thread, attributes, run, argument))

/* Only what asks the kernel for more: taking back does not fail. */
int __real_epoll_ctl(int epoll_fd, int what, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll_fd, int what, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll_fd, int what, int fd, struct epoll_event *event)
{
    if (what == EPOLL_CTL_ADD && fails(SYSTEM, "epoll_ctl", ENOSPC)) return -1;
    return __real_epoll_ctl(epoll_fd, what, fd, event);
}

int __real_asprintf(char **ret_text, const char *format, ...);
int __wrap_asprintf(char **ret_text, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **ret_text, const char *format, ...)
{
    va_list args;
    if (fails(MEMORY, "asprintf", ENOMEM)) return -1;
    va_start(args, format);
    int length = __real_vasprintf(ret_text, format, args);
    va_end(args);
    return length;
}

/* The library duplicates descriptors by it; whatever else it does with it goes on. */
int __real_fcntl64(int fd, int command, long argument);
int __wrap_fcntl64(int fd, int command, long argument);
int __wrap_fcntl64(int fd, int command, long argument)
{
    if (command == F_DUPFD_CLOEXEC && fails(SYSTEM, "fcntl", EMFILE)) return -1;
    return __real_fcntl64(fd, command, argument);
}

/* launch.c's clone, made in a process with threads: no memory for another. */
int __real___clone(int (*run)(void *), void *stack_end, int flags, void *argument);
int __wrap___clone(int (*run)(void *), void *stack_end, int flags, void *argument);
PLAIN int __wrap___clone(int (*run)(void *), void *stack_end, int flags, void *argument)
{
    if (own_pid() == me.pid && fails(SYSTEM, "clone", EAGAIN)) return -1;
    return __real___clone(run, stack_end, flags, argument);
}
