/* SPDX-License-Identifier: MIT */
/* Fixes as edits, columns as characters, paths as URIs. */
#include "arena.h"
#include "diag_place.h"
#include "shown_line.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(diag_place, a_directive_is_added_behind_the_tag)
{
    static const struct {
        const char *line;
        unsigned column; /* of the insertion; 0: there is none */
        const char *text;
    } rows[] = {
        {"/* @job */", 8, " @in s"},
        {" * @job", 8, "\n * @in s"},
        {" * @job(fuel = 3)", 18, "\n * @in s"},
        {"/* @job(read = \")\") */", 20, " @in s"},
        {"\t/// @job", 10, "\n\t/// @in s"},
        {"int x; // @job", 15, " @in s"},
        {" * @job(fuel = 3,", 0, ""},
    };
    char path[] = "/tmp/jobgen-place-XXXXXX";
    int fd = mkstemp(path);
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].line);
        cr_assert_eq(ftruncate(fd, 0), 0);
        cr_assert_eq(pwrite(fd, rows[i].line, length, 0), (ssize_t)length);
        unsigned tag = (unsigned)(strstr(rows[i].line, "@job") - rows[i].line) + 1;
        struct fix fix = {FIX_ADD, {path, 1, tag, 4}, "@in s"};
        struct shown_file file = {0};
        struct location at;
        const char *text;
        cr_expect_eq(edit_of(arena, &file, &fix, &at, &text), rows[i].column != 0, "%s",
                     rows[i].line);
        if (rows[i].column) {
            cr_expect_eq(at.column, rows[i].column, "%s: %u", rows[i].line, at.column);
            cr_expect_eq(at.length, 0);
            cr_expect_str_eq(text, rows[i].text);
        }
        shown_file_fini(&file);
    }
    arena_free(arena);
    (void)close(fd);
    (void)unlink(path);
}

Test(diag_place, a_pattern_is_no_edit)
{
    struct arena *arena = arena_new();
    struct shown_file file = {0};
    struct fix fix = {FIX_SKETCH, {"a.c", 1, 1, 4}, "@in s[n]"};
    struct location at;
    const char *text;
    cr_expect_not(edit_of(arena, &file, &fix, &at, &text));
    arena_free(arena);
}

Test(diag_place, paths_are_uris)
{
    struct arena *arena = arena_new();
    cr_expect_str_eq(path_uri(arena, "src/a.c"), "src/a.c");
    cr_expect_str_eq(path_uri(arena, "/a b/\xC3\xA4.c"), "file:///a%20b/%C3%A4.c");
    cr_expect_str_eq(path_uri(arena, "c:x?#%.c"), "c%3Ax%3F%23%25.c");
    arena_free(arena);
}
