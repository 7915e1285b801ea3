/* SPDX-License-Identifier: MIT */
/* How a process learns that it was started to be a zygote or worker, and how workers end.

   The first entry to run takes the mark out of the environment. The executable's first entry then
   calls the constructors behind it, among them further entries, and serves: by then every
   constructor of the program has run. Entries of libraries run before the executable's and only
   register; where it has none, jgi_choose_main puts the serving in place of `main`. */
#define _GNU_SOURCE
#include "entry.h"

#include "newborn.h"
#include "registry.h"
#include "zygote.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    bool is_mark_read;
    bool is_starting; /* the mark was true, and the process does not serve yet */
    bool is_calling;  /* the constructors behind the executable's first entry */
    bool can_start;
    enum jgi_role role;
    char **arguments;
    struct jgi_module *modules;
} entry;

/* The role that the mark gives to this process. */
static enum jgi_role take_mark(void)
{
    const char *mark = getenv(JGI_MARK);
    char role;
    int fd, end = 0;
    unsigned long long inode, pid;
    struct stat status;
    if (mark == NULL) return JGI_ROLE_NONE;
    bool is_whole =
        sscanf(mark, "%c%d:%llu:%llu%n", &role, &fd, &inode, &pid, &end) == 4 && mark[end] == '\0';
    (void)unsetenv(JGI_MARK);
    const char *bind_now = getenv(JGI_BIND_NOW);
    if (bind_now != NULL && strcmp(bind_now, JGI_BIND_NOW_MARK) == 0) (void)unsetenv(JGI_BIND_NOW);
    if (!is_whole || strchr("zfr", role) == NULL || fd != JGI_FD_SOCKET ||
        pid != (unsigned long long)getpid() || fstat(fd, &status) != 0 ||
        !S_ISSOCK(status.st_mode) || status.st_ino != inode)
        return JGI_ROLE_NONE;
    if (getauxval(AT_SECURE) != 0) _exit(126); /* who started it may be less than it is */
    int last = role == JGI_ROLE_ZYGOTE  ? JGI_FD_SOCKET
               : role == JGI_ROLE_FRESH ? JGI_FD_STDERR
                                        : JGI_FD_CLAIMS;
    for (fd = JGI_FD_SOCKET; fd <= last; fd++)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return (enum jgi_role)role;
}

static void read_mark(void)
{
    if (entry.is_mark_read) return;
    entry.is_mark_read = true;
    entry.role = take_mark();
    entry.is_starting = entry.role != JGI_ROLE_NONE;
}

static _Noreturn void serve(void)
{
    entry.is_starting = false;
    if (entry.role == JGI_ROLE_ZYGOTE) jgi_zygote_serve(JGI_FD_SOCKET);
    jgi_newborn_serve(entry.role == JGI_ROLE_REUSE);
}

/* Some linkers tell a library the bounds of its array too, so that NULL is not enough to know. */
static bool is_executable(const struct jgi_module *module)
{
    const ElfW(Ehdr) *image = module->image;
    if (module->init == NULL) return false;
    return image == NULL || (uintptr_t)image + image->e_phoff == getauxval(AT_PHDR);
}

static bool is_known(const struct jgi_module *module)
{
    for (const struct jgi_module *known = entry.modules; known != NULL; known = known->next)
        if (known == module) return true;
    return false;
}

void jgi_enter(struct jgi_module *module, int argc, char **argv, char **envp)
{
    if (is_known(module)) return;
    module->next = entry.modules;
    entry.modules = module;
    jgi_registry_add(module);
    read_mark();
    if (argc > 0 && entry.arguments == NULL) entry.arguments = argv;
    if (!is_executable(module)) return;
    entry.can_start = true;
    if (!entry.is_starting || entry.is_calling) return;
    entry.is_calling = true;
    if (module->own >= module->init && module->own < module->init_behind)
        for (const jgi_init *next = module->own + 1; next < module->init_behind; next++)
            (*next)(argc, argv, envp);
    serve();
}

void jgi_leave(struct jgi_module *module)
{
    struct jgi_module **at = &entry.modules;
    while (*at != NULL && *at != module)
        at = &(*at)->next;
    if (*at == NULL) return;
    *at = module->next;
    jgi_registry_remove(module);
}

static int serve_as_main(int argc, char **argv, char **envp)
{
    (void)argc;
    (void)argv;
    (void)envp;
    serve();
}

jgi_main jgi_choose_main(jgi_main program_main)
{
    read_mark();
    entry.can_start = true;
    return entry.is_starting ? serve_as_main : program_main;
}

bool jgi_entry_is_starting(void)
{
    read_mark();
    return entry.is_starting;
}

bool jgi_entry_can_start(void)
{
    return entry.can_start;
}

char **jgi_entry_arguments(void)
{
    return entry.arguments;
}

_Noreturn void jgi_worker_exit(int code)
{
    for (const struct jgi_module *module = entry.modules; module != NULL; module = module->next) {
        if (module->write_coverage != NULL) module->write_coverage();
        if (module->write_profile != NULL) (void)module->write_profile();
    }
    _exit(code);
}
