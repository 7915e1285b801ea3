/* SPDX-License-Identifier: MIT */
/* What killed runs left goes; what a run that lives still needs stays. */
#include "temporary.h"

#include "../folder.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has_no_proc; /* so that files have names from the beginning */

/* In place of libc's. */
int access(const char *path, int mode)
{
    if (has_no_proc && strcmp(path, "/proc/self/fd") == 0) return -1;
    return faccessat(AT_FDCWD, path, mode, 0);
}

static void (*disturb)(void); /* what another run does before the next lock */

int flock(int fd, int operation)
{
    void (*act)(void) = disturb;
    disturb = NULL;
    if (act) act();
    return (int)syscall(SYS_flock, fd, operation);
}

TestSuite(temporary, .init = t_folder_make, .fini = t_folder_remove);

static void make(const char *name)
{
    int fd = open(t_path(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    cr_assert(fd >= 0);
    (void)close(fd);
}

static void sweep(void)
{
    static const char *const names[] = {"a.h", "b.c"};
    temporary_sweep(t_folder, names, 2);
}

static int held = -1;

/* Locks what is there, as a run does that is about to remove it. */
static void hold(void)
{
    DIR *listing = opendir(t_folder);
    for (struct dirent *entry; listing && held < 0 && (entry = readdir(listing));)
        if (strncmp(entry->d_name, ".a.h.", 5) == 0)
            held = open(t_path(entry->d_name), O_RDONLY | O_CLOEXEC);
    if (listing) (void)closedir(listing);
    cr_assert_eq(flock(held, LOCK_EX | LOCK_NB), 0);
}

static size_t file_count(void)
{
    size_t count = 0;
    DIR *listing = opendir(t_folder);
    while (listing && readdir(listing))
        count++;
    if (listing) (void)closedir(listing);
    return count - 2;
}

Test(temporary, what_is_left_behind_goes)
{
    static const char *const left[] = {".a.h.AB12CD", ".b.c.ZZZZZZ"};
    static const char *const others[] = {".c.h.AB12CD",  ".a.h.AB12C",  ".a.h.AB12CDE",
                                         ".a.hh.AB12CD", ".a.h_AB12CD", "a.h.AB12CD0",
                                         ".a.h.AB-2CD",  ".a.h.inputs", "a.h"};
    const size_t other_count = sizeof others / sizeof *others;
    for (size_t i = 0; i < 2; i++)
        make(left[i]);
    for (size_t i = 0; i < other_count; i++)
        make(others[i]);
    sweep();
    for (size_t i = 0; i < 2; i++)
        cr_expect_neq(access(t_path(left[i]), F_OK), 0, "%s", left[i]);
    for (size_t i = 0; i < other_count; i++)
        cr_expect_eq(access(t_path(others[i]), F_OK), 0, "%s", others[i]);
}

static void expect_kept(void)
{
    struct temporary file;
    cr_assert_eq(temporary_open(&file, t_folder, "a.h", "alpha", 5), 0);
    cr_expect_eq(file_count(), has_no_proc ? 1 : 0);
    sweep();
    cr_assert_eq(temporary_link(&file, t_folder, "a.h"), 0);
    sweep();
    cr_assert_eq(temporary_place(&file, t_path("a.h")), 0);
    temporary_close(&file);
    cr_expect_eq(access(t_path("a.h"), F_OK), 0);
    cr_expect_eq(file_count(), 1);
}

Test(temporary, what_is_still_needed_stays)
{
    expect_kept();
}

Test(temporary, the_same_where_files_need_a_name)
{
    has_no_proc = true;
    expect_kept();
}

Test(temporary, what_is_not_placed_leaves_nothing)
{
    struct temporary file;
    for (size_t i = 0; i < 2; i++) {
        has_no_proc = i == 1;
        cr_assert_eq(temporary_open(&file, t_folder, "a.h", "alpha", 5), 0);
        cr_assert_eq(temporary_link(&file, t_folder, "a.h"), 0);
        cr_expect_eq(file_count(), 1);
        temporary_close(&file);
        cr_expect_eq(file_count(), 0);
    }
}

/* Between its making and its lock another run may take the file for one left behind. */
Test(temporary, what_another_run_takes_away_is_made_again)
{
    struct temporary file;
    has_no_proc = true;
    for (size_t i = 0; i < 2; i++) {
        disturb = i ? hold : sweep;
        cr_assert_eq(temporary_open(&file, t_folder, "a.h", "alpha", 5), 0);
        cr_expect_null(disturb);
        sweep();
        cr_assert_eq(temporary_link(&file, t_folder, "a.h"), 0);
        cr_expect_eq(temporary_place(&file, t_path("a.h")), 0);
        temporary_close(&file);
    }
    (void)close(held);
    sweep();
    cr_expect_eq(file_count(), 1);
}
