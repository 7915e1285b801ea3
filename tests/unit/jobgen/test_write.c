/* SPDX-License-Identifier: MIT */
/* Files on disk: all or none, and untouched where nothing changes. */
#include "emit.h"

#include "../folder.h"
#include "strbuf.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct diag_list *diags;

static void set_up(void)
{
    t_folder_make();
    diags = diag_new(NULL);
}

static void tear_down(void)
{
    diag_free(diags);
    t_folder_remove();
}

TestSuite(write, .init = set_up, .fini = tear_down);

static const struct emitted two[] = {{"a.h", "alpha\n", 6}, {"b.c", "beta\n", 5}};

static void expect_file(const char *name, const char *text)
{
    struct strbuf found = {0};
    strbuf_add(&found, "");
    (void)strbuf_read_file(&found, t_path(name));
    cr_expect_str_eq(found.text, text);
    strbuf_fini(&found);
}

static size_t file_count(const char *path)
{
    size_t count = 0;
    DIR *listing = opendir(path);
    while (listing && readdir(listing))
        count++;
    if (listing) (void)closedir(listing);
    return count ? count - 2 : 0;
}

Test(write, makes_the_directory_and_the_files)
{
    struct stat about;
    mode_t mask = umask(0);
    (void)umask(mask);
    cr_assert_eq(emit_write(two, 2, t_path("x/y/"), diags), 0);
    expect_file("x/y/a.h", "alpha\n");
    expect_file("x/y/b.c", "beta\n");
    cr_expect_eq(file_count(t_path("x/y")), 2);
    cr_assert_eq(stat(t_path("x/y/a.h"), &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0666 & ~mask);
}

Test(write, touches_only_what_changes)
{
    struct stat before, after;
    cr_assert_eq(emit_write(two, 2, t_folder, diags), 0);
    cr_assert_eq(stat(t_path("a.h"), &before), 0);
    const struct emitted changed[] = {two[0], {"b.c", "gamma\n", 6}};
    cr_assert_eq(emit_write(changed, 2, t_folder, diags), 0);
    cr_assert_eq(stat(t_path("a.h"), &after), 0);
    cr_expect_eq(before.st_ino, after.st_ino);
    cr_expect_eq(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
    expect_file("b.c", "gamma\n");
    cr_expect_eq(file_count(t_folder), 2);
}

Test(write, leaves_everything_as_it_was_if_one_cannot_be_written)
{
    cr_assert_eq(emit_write(two, 1, t_folder, diags), 0);
    cr_assert_eq(mkdir(t_path("b.c"), 0777), 0);
    const struct emitted changed[] = {{"a.h", "other\n", 6}, two[1]};
    cr_expect_neq(emit_write(changed, 2, t_folder, diags), 0);
    cr_expect(diag_has_errors(diags));
    expect_file("a.h", "alpha\n");
    cr_expect_eq(file_count(t_folder), 2);
}

Test(write, removes_directories_that_it_made_for_nothing)
{
    const struct emitted bad[] = {two[0], {"no/such/b.c", "x", 1}};
    cr_expect_neq(emit_write(bad, 2, t_path("new/deeper"), diags), 0);
    cr_expect_eq(file_count(t_folder), 0);
}

Test(write, complains_of_a_directory_that_is_a_file)
{
    cr_assert_eq(emit_write(two, 1, t_folder, diags), 0);
    cr_expect_neq(emit_write(two, 2, t_path("a.h"), diags), 0);
    cr_expect(diag_has_errors(diags));
    expect_file("a.h", "alpha\n");
}
