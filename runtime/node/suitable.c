/* SPDX-License-Identifier: MIT */
/* Whether a program that came from elsewhere can run here, told before anything of it runs.

   The header says for which machine it is. What it needs beyond is told by this machine's own
   interpreter, which with --list maps program and libraries, resolves versions, and starts nothing:
   glibc's and musl's both do. The file names its interpreter, so that only one that lies where the
   system's are is run. Of the file nothing is believed: every offset is checked against its size.
 */
#define _GNU_SOURCE
#include "suitable.h"

#include "../base/clock.h"
#include "../base/fd.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIST_MS = 5000, LIST_SIZE = 64 * 1024, HEADERS_MAX = 128 };

#if defined __x86_64__
enum { MACHINE = EM_X86_64 };
#elif defined __aarch64__
enum { MACHINE = EM_AARCH64 };
#elif defined __riscv
enum { MACHINE = EM_RISCV };
#elif defined __powerpc64__
enum { MACHINE = EM_PPC64 };
#elif defined __s390x__
enum { MACHINE = EM_S390 };
#elif defined __arm__
enum { MACHINE = EM_ARM };
#elif defined __i386__
enum { MACHINE = EM_386 };
#else
#error "which e_machine is this?"
#endif

static const bool is_little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

static const char *machine_name(unsigned machine, char *room, size_t size)
{
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {{EM_X86_64, "x86-64"}, {EM_AARCH64, "aarch64"}, {EM_RISCV, "RISC-V"},
                 {EM_PPC64, "POWER"},   {EM_S390, "s390x"},      {EM_ARM, "ARM"},
                 {EM_386, "x86"},       {EM_MIPS, "MIPS"},       {EM_LOONGARCH, "LoongArch"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].machine == machine) return names[i].name;
    (void)snprintf(room, size, "machine %u", machine);
    return room;
}

struct check {
    const char *path;
    int fd;
    uint64_t size;
    ElfW(Ehdr) head;
    char interpreter[PATH_MAX]; /* empty: none */
    char *text;
    size_t text_size;
};

__attribute__((format(printf, 2, 3))) static jg_status refuse(struct check *check,
                                                              const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(check->text, check->text_size, format, args);
    va_end(args);
    return JG_EUNSUITABLE;
}

static jg_status fail(struct check *check, int error)
{
    (void)refuse(check, "the program cannot be looked at: %s", strerror(error));
    return error == ENOMEM                                         ? JG_ENOMEM
           : error == EAGAIN || error == EMFILE || error == ENFILE ? JG_EFULL
                                                                   : JG_EINTERNAL;
}

static jg_status check_machine(struct check *check)
{
    const unsigned char *ident = check->head.e_ident;
    char room[32], own_room[32];
    if (check->size < sizeof check->head ||
        jgi_fd_pread_all(check->fd, &check->head, sizeof check->head, 0) != 0 ||
        memcmp(ident, ELFMAG, SELFMAG) != 0)
        return refuse(check, "the program is no ELF executable");
    bool is_same_order = ident[EI_DATA] == (is_little ? ELFDATA2LSB : ELFDATA2MSB);
    unsigned machine = check->head.e_machine;
    if (!is_same_order) machine = __builtin_bswap16((uint16_t)machine);
    int own_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    if (machine != MACHINE)
        return refuse(check, "the program is made for %s, this node is %s",
                      machine_name(machine, room, sizeof room),
                      machine_name(MACHINE, own_room, sizeof own_room));
    if (ident[EI_CLASS] != own_class || !is_same_order)
        return refuse(check,
                      "the program is made for a %s-bit %s-endian machine, this node is "
                      "%s-bit %s-endian",
                      ident[EI_CLASS] == ELFCLASS64 ? "64" : "32",
                      ident[EI_DATA] == ELFDATA2LSB ? "little" : "big",
                      own_class == ELFCLASS64 ? "64" : "32", is_little ? "little" : "big");
    if (ident[EI_OSABI] != ELFOSABI_SYSV && ident[EI_OSABI] != ELFOSABI_GNU)
        return refuse(check, "the program is made for another system than Linux");
    if ((check->head.e_type != ET_EXEC && check->head.e_type != ET_DYN) || check->head.e_entry == 0)
        return refuse(check, "the file is no program, but an object or a library");
    return JG_OK;
}

static bool is_inside(const struct check *check, const ElfW(Phdr) * part)
{
    return part->p_offset <= check->size && part->p_filesz <= check->size - part->p_offset;
}

static jg_status read_interpreter(struct check *check, const ElfW(Phdr) * part)
{
    size_t size = part->p_filesz;
    if (size < 2 || size > sizeof check->interpreter ||
        jgi_fd_pread_all(check->fd, check->interpreter, size, part->p_offset) != 0 ||
        memchr(check->interpreter, '\0', size) != check->interpreter + size - 1)
        return refuse(check, "the program's interpreter has no name");
    return JG_OK;
}

static jg_status check_parts(struct check *check)
{
    const ElfW(Ehdr) *head = &check->head;
    if (head->e_phentsize != sizeof(ElfW(Phdr)) || head->e_phnum == 0 ||
        head->e_phnum > HEADERS_MAX)
        return refuse(check, "the program has no headers that can be read");
    for (unsigned i = 0; i < head->e_phnum; i++) {
        ElfW(Phdr) part;
        if (head->e_phoff > check->size ||
            jgi_fd_pread_all(check->fd, &part, sizeof part, head->e_phoff + i * sizeof part) != 0 ||
            !is_inside(check, &part))
            return refuse(check, "the program's file is cut off");
        jg_status status = part.p_type == PT_INTERP ? read_interpreter(check, &part) : JG_OK;
        if (status != JG_OK) return status;
    }
    return JG_OK;
}

/* One of the system's, whatever links there are. */
static bool is_of_system(const char *interpreter)
{
    static const char *const roots[] = {"/lib", "/usr/lib"};
    char real[PATH_MAX];
    const char *name = strrchr(interpreter, '/');
    if (name == NULL || strncmp(name, "/ld", 3) != 0 || realpath(interpreter, real) == NULL)
        return false;
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        size_t length = strlen(roots[i]);
        if (strncmp(real, roots[i], length) != 0) continue;
        const char *behind = real + length + strspn(real + length, "x3264"); /* lib64, libx32 */
        if (*behind == '/') return true;
    }
    return false;
}

static jg_status check_interpreter(struct check *check)
{
    if (access(check->interpreter, X_OK) != 0)
        return refuse(check, "the program's interpreter %s is not on this node",
                      check->interpreter);
    if (!is_of_system(check->interpreter))
        return refuse(check, "the program's interpreter %s is not one of this node's system",
                      check->interpreter);
    return JG_OK;
}

/* Starts `interpreter --list path` with nothing but a pipe for what it says. 0, or the errno. */
static int start_list(const struct check *check, pid_t *ret_pid, int *ret_fd)
{
    char *arguments[] = {(char *)(uintptr_t)check->interpreter, (char[]){"--list"},
                         (char *)(uintptr_t)check->path, NULL};
    char *environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    int error = posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        (void)posix_spawnattr_init(&attributes); /* cannot fail with glibc and musl */
        (void)sigemptyset(&none);
        (void)sigfillset(&all);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        (void)posix_spawnattr_setsigdefault(&attributes, &all);
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                        POSIX_SPAWN_SETPGROUP);
        error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
        if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
        if (error == 0)
            error = posix_spawn(ret_pid, check->interpreter, &actions, &attributes, arguments,
                                environment);
        (void)posix_spawnattr_destroy(&attributes);
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    (void)jgi_fd_close(ends[1]);
    if (error == 0)
        *ret_fd = ends[0];
    else
        (void)jgi_fd_close(ends[0]);
    return error;
}

/* All that it says, as text; false: it takes too long. */
static bool read_list(int fd, char *room, size_t room_size)
{
    uint64_t deadline_ns = jgi_clock_deadline(LIST_MS);
    size_t size = 0;
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int count = poll(&ready, 1, jgi_clock_poll_ms(deadline_ns));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        ssize_t got = read(fd, room + size, room_size - 1 - size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        size += (size_t)got;
    }
    room[size] = '\0';
    return true;
}

/* `text` up to one of `ends`. */
static int until(const char *text, const char *ends)
{
    return (int)strcspn(text, ends);
}

/* One line of the list; JG_OK: it says nothing bad.
     glibc:  "PROGRAM: error while loading shared libraries: libx.so.1: cannot open shared object
             file: No such file or directory"; under ldd's variables "\tlibx.so.1 => not found"
             "PROGRAM: LIBRARY: version `V2' not found (required by WHO)"
     musl:   "Error loading shared library libx.so.1: No such file or directory (needed by WHO)" */
static jg_status judge_line(struct check *check, const char *line)
{
    static const char version[] = "version `";
    static const char *const loading[] = {"error while loading shared libraries: ",
                                          "Error loading shared library "};
    const char *found = strstr(line, version);
    if (found != NULL && strstr(found, "' not found") != NULL) {
        const char *name = line;
        for (const char *at = line; at < found; at++) /* the last path before it is the library */
            if (*at == '/' || (*at == ' ' && at + 1 < found)) name = at + 1;
        return refuse(check, "the program needs version %.*s of %.*s, which this node has not",
                      until(found + sizeof version - 1, "'"), found + sizeof version - 1,
                      until(name, ":"), name);
    }
    const char *missing = strstr(line, " => not found");
    if (missing != NULL) {
        line += strspn(line, "\t ");
        return refuse(check, "the program's library %.*s is not on this node",
                      (int)(missing - line), line);
    }
    for (size_t i = 0; i < sizeof loading / sizeof loading[0]; i++) {
        found = strstr(line, loading[i]);
        if (found == NULL || strstr(found, "No such file") == NULL) continue;
        found += strlen(loading[i]);
        return refuse(check, "the program's library %.*s is not on this node", until(found, ":"),
                      found);
    }
    return JG_OK;
}

static jg_status judge(struct check *check, char *list, int wait_status)
{
    char *rest = NULL;
    jg_status status = JG_OK;
    char first[200];
    (void)snprintf(first, sizeof first, "%.*s", until(list, "\n"), list);
    for (char *line = strtok_r(list, "\n", &rest); line != NULL && status == JG_OK;
         line = strtok_r(NULL, "\n", &rest))
        status = judge_line(check, line);
    if (status == JG_OK && (!WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0))
        status = refuse(check, "the program's interpreter refuses it: %s",
                        first[0] != '\0' ? first : "it does not say why");
    return status;
}

static jg_status check_libraries(struct check *check)
{
    pid_t pid;
    int fd = -1, wait_status = 0;
    char *list = malloc(LIST_SIZE);
    int error = list == NULL ? ENOMEM : start_list(check, &pid, &fd);
    if (error != 0) {
        free(list);
        return fail(check, error);
    }
    bool is_whole = read_list(fd, list, LIST_SIZE);
    if (!is_whole) (void)kill(-pid, SIGKILL);
    (void)jgi_fd_close(fd);
    while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR) {
    }
    jg_status status = is_whole ? judge(check, list, wait_status)
                                : refuse(check,
                                         "the program's interpreter did not list its "
                                         "libraries in %d s",
                                         LIST_MS / 1000);
    free(list);
    return status;
}

jg_status jgi_suitable(const char *path, char *ret_text, size_t text_size)
{
    struct stat about;
    struct statvfs place;
    struct check *check = calloc(1, sizeof *check);
    if (check == NULL) {
        (void)snprintf(ret_text, text_size, "no memory to look at the program");
        return JG_ENOMEM;
    }
    check->path = path;
    check->text = ret_text;
    check->text_size = text_size;
    check->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    jg_status status = JG_OK;
    if (check->fd < 0 || fstat(check->fd, &about) != 0)
        status = fail(check, errno);
    else if (!S_ISREG(about.st_mode))
        status = refuse(check, "the program is no file");
    else if (fstatvfs(check->fd, &place) == 0 && (place.f_flag & ST_NOEXEC) != 0)
        status =
            refuse(check, "the node keeps programs on a noexec mount: its operator has to name "
                          "another place by JOBGEN_CACHE_DIR");
    else
        check->size = (uint64_t)about.st_size;
    if (status == JG_OK) status = check_machine(check);
    if (status == JG_OK) status = check_parts(check);
    if (status == JG_OK && check->interpreter[0] != '\0') {
        status = check_interpreter(check);
        if (status == JG_OK) status = check_libraries(check);
    }
    (void)jgi_fd_close(check->fd);
    free(check);
    return status;
}
