/* SPDX-License-Identifier: MIT */
/* Which files can run here, told without running them: real programs, and what is left of them when
 * something is missing. */
#include <criterion/criterion.h>

#include "node/suitable.h"

#include <elf.h>
#include <link.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], program[100], library[100], text[512];

static void run(const char *format, const char *a, const char *b)
{
    char command[1024];
    (void)snprintf(command, sizeof command, format, a, b);
    cr_assert_eq(system(command), 0, "%s", command);
}

static void set_up(void)
{
    (void)strcpy(folder, "/tmp/jobgen-suitable-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(program, sizeof program, "%s/program", folder);
    (void)snprintf(library, sizeof library, "%s/libjobgen-suitable.so", folder);
    run("cp %s %s", getenv("PROGRAM"), program);
    run("cp %s %s", getenv("LIBRARY"), library);
    cr_assert_eq(chdir(folder), 0);
}

static void tear_down(void)
{
    cr_assert_neq(access("suitable-was-run", F_OK), 0, "something of it was run");
    cr_assert_eq(chdir("/"), 0);
    run("rm -rf %s%s", folder, "");
}

TestSuite(suitable, .init = set_up, .fini = tear_down);

static void refuses(const char *path, const char *what)
{
    cr_assert_eq(jgi_suitable(path, text, sizeof text), JG_EUNSUITABLE);
    cr_assert_not_null(strstr(text, what), "\"%s\" has no \"%s\"", text, what);
}

static void accepts(const char *path)
{
    cr_assert_eq(jgi_suitable(path, text, sizeof text), JG_OK, "%s", text);
}

static void write_at(const char *path, long offset, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "r+");
    cr_assert_not_null(file);
    cr_assert_eq(fseek(file, offset, SEEK_SET), 0);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    cr_assert_eq(fclose(file), 0);
}

static ElfW(Ehdr) head_of(const char *path)
{
    ElfW(Ehdr) head;
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    cr_assert_eq(fread(&head, sizeof head, 1, file), 1);
    (void)fclose(file);
    return head;
}

/* Where the program's interpreter is named. */
static long find_interpreter(void)
{
    ElfW(Ehdr) head = head_of(program);
    FILE *file = fopen(program, "r");
    cr_assert_not_null(file);
    for (int i = 0; i < head.e_phnum; i++) {
        ElfW(Phdr) part;
        cr_assert_eq(fseek(file, (long)(head.e_phoff + i * sizeof part), SEEK_SET), 0);
        cr_assert_eq(fread(&part, sizeof part, 1, file), 1);
        if (part.p_type != PT_INTERP) continue;
        (void)fclose(file);
        return (long)part.p_offset;
    }
    cr_assert_fail("it has none");
    return 0;
}

Test(suitable, a_program_with_all_that_it_needs)
{
    accepts(program);
}

Test(suitable, a_static_program_needs_nothing)
{
    accepts(getenv("STATIC"));
}

Test(suitable, a_program_on_a_noexec_mount)
{
    char mounted[100];
    (void)snprintf(mounted, sizeof mounted, "%s/mounted", folder);
    cr_assert_eq(mkdir(mounted, 0700), 0);
    if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", mounted, "tmpfs", MS_NOEXEC, NULL) != 0)
        cr_skip_test("only root mounts");
    run("cp %s %s/program", getenv("STATIC"), mounted);
    cr_assert_eq(chdir(mounted), 0);
    refuses("program", "noexec");
    cr_assert_eq(chdir(folder), 0);
    cr_assert_eq(umount2(mounted, MNT_DETACH), 0);
}

Test(suitable, a_library_that_is_missing_is_named)
{
    cr_assert_eq(unlink(library), 0);
    refuses(program, "library libjobgen-suitable.so is not on this node");
}

Test(suitable, a_version_that_is_missing_is_named_with_its_library)
{
    run("cp %s %s", getenv("OLDER"), library);
    refuses(program, "version SECOND_2 of libjobgen-suitable.so");
}

Test(suitable, a_library_that_is_none_is_told)
{
    run("echo not a library >%s%s", library, "");
    refuses(program, "refuses it");
}

Test(suitable, a_program_of_another_machine_names_both)
{
    Elf64_Ehdr head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                                   EV_CURRENT, ELFOSABI_SYSV},
                       .e_type = ET_EXEC,
                       .e_machine = EM_AARCH64,
                       .e_version = EV_CURRENT,
                       .e_entry = 0x400000};
#ifdef __aarch64__
    head.e_machine = EM_X86_64;
    const char *what = "made for x86-64, this node is aarch64";
#else
    const char *what = "made for aarch64, this node is ";
#endif
    write_at(program, 0, &head, sizeof head);
    refuses(program, what);
    head.e_ident[EI_DATA] = ELFDATA2MSB;
    head.e_machine = __builtin_bswap16(EM_S390);
    write_at(program, 0, &head, sizeof head);
    refuses(program, "made for s390x");
}

Test(suitable, another_system_and_another_width_are_told)
{
    write_at(program, EI_OSABI, &(char){ELFOSABI_FREEBSD}, 1);
    refuses(program, "another system");
    write_at(program, EI_OSABI, &(char){ELFOSABI_GNU}, 1);
    accepts(program);
    write_at(program, EI_CLASS, &(char){sizeof(void *) == 8 ? ELFCLASS32 : ELFCLASS64}, 1);
    refuses(program, "-bit");
}

Test(suitable, what_is_no_program)
{
    run("echo 'echo hello' >%s%s", program, "");
    refuses(program, "no ELF");
    run(": >%s%s", program, "");
    refuses(program, "no ELF");
    refuses(folder, "no file");
    cr_assert_eq(jgi_suitable("nowhere", text, sizeof text), JG_EINTERNAL);
    refuses(library, "object or a library");
}

Test(suitable, a_file_that_is_cut_off_anywhere_is_refused)
{
    struct stat about;
    cr_assert_eq(stat(program, &about), 0);
    ElfW(Ehdr) head = head_of(program);
    cr_assert_eq(truncate(program, (long)(head.e_phoff + sizeof(ElfW(Phdr)) + 3)), 0);
    refuses(program, "cut off");
    run("cp %s %s", getenv("PROGRAM"), program);
    cr_assert_eq(truncate(program, find_interpreter() + 2), 0);
    refuses(program, "cut off");
    cr_assert_eq(truncate(program, sizeof head - 1), 0);
    refuses(program, "no ELF");
}

Test(suitable, headers_that_lie_are_refused)
{
    ElfW(Ehdr) head = head_of(program), lying = head;
    lying.e_phoff = (ElfW(Off)) - 8;
    write_at(program, 0, &lying, sizeof lying);
    refuses(program, "cut off");
    lying = head;
    lying.e_phnum = 0xffff;
    write_at(program, 0, &lying, sizeof lying);
    refuses(program, "headers");
    lying = head;
    lying.e_phentsize = 1;
    write_at(program, 0, &lying, sizeof lying);
    refuses(program, "headers");
}

Test(suitable, an_interpreter_that_is_missing_or_no_interpreter_is_not_run)
{
    long place = find_interpreter();
    write_at(program, place, "/lix", 4);
    refuses(program, "is not on this node");
    char fake[24];
    (void)snprintf(fake, sizeof fake, "%s", "/tmp/ld-jobgen-fake.so");
    run("printf '#!/bin/sh\\n: >%s/suitable-was-run\\n' >%s", folder, fake);
    run("chmod +x %s%s", fake, "");
    char name[28] = {0};
    memset(name, '/', sizeof name - 1); /* as long as it was, with a NUL */
    memcpy(name + sizeof name - 1 - strlen(fake), fake, strlen(fake));
    write_at(program, place, name, sizeof name);
    jg_status status = jgi_suitable(program, text, sizeof text);
    (void)unlink(fake);
    cr_assert_eq(status, JG_EUNSUITABLE);
    cr_assert_not_null(strstr(text, "not one of this node's system"), "%s", text);
}
