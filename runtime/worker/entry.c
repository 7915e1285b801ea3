/* SPDX-License-Identifier: MIT */
/* How a process learns that it is a zygote, and how workers end. */
#define _GNU_SOURCE
#include "entry.h"

#include <jobgen/stub.h>

#include "registry.h"
#include "zygote.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

void __gcov_dump(void) __attribute__((weak));
int __llvm_profile_write_file(void) __attribute__((weak));

_Noreturn void jgi_worker_exit(int code)
{
    if (__gcov_dump != NULL) __gcov_dump();
    if (__llvm_profile_write_file != NULL) (void)__llvm_profile_write_file();
    _exit(code);
}

/* The zygote's socket if the mark is there and true, else -1. */
static int marked_socket(void)
{
    const char *mark = getenv(JGI_MARK);
    int fd;
    unsigned long long inode;
    struct stat status;
    if (mark == NULL || sscanf(mark, "%d:%llu", &fd, &inode) != 2) return -1;
    (void)unsetenv(JGI_MARK);
    if (fstat(fd, &status) != 0 || !S_ISSOCK(status.st_mode) || status.st_ino != inode) return -1;
    if (getauxval(AT_SECURE) != 0) _exit(77);
    return fd;
}

void jgi_enter(const struct jgi_job *const *first, const struct jgi_job *const *behind,
               const jgi_init *own, const jgi_init *end, int argc, char **argv, char **envp)
{
    static bool is_serving;
    jgi_registry_add(first, behind);
    if (is_serving) return;
    int socket_fd = marked_socket();
    if (socket_fd < 0) return;
    is_serving = true;
    if (own != NULL)
        for (own++; own < end; own++)
            (*own)(argc, argv, envp);
    jgi_zygote_serve(socket_fd);
}
