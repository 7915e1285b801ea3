/* SPDX-License-Identifier: MIT */
/* Response files. */
#include "arena.h"
#include "response.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void enter_folder(void)
{
    static char folder[] = "/tmp/jobgen-response-XXXXXX";
    cr_assert(mkdtemp(folder) && chdir(folder) == 0);
}

static void leave_folder(void)
{
    char folder[4096];
    cr_assert(getcwd(folder, sizeof folder));
    (void)unlink("r");
    (void)unlink("s");
    cr_expect_eq(rmdir(folder), 0);
}

/* The words, each in brackets; or what is wrong. */
static const char *expand(struct arena *arena, const char *text)
{
    write_file("r", text);
    char *words[] = {(char[]){"jobgen"}, (char[]){"@r"}, (char[]){"last"}, NULL}, **argv = words;
    int argc = 3;
    const char *trouble = response_expand(arena, &argc, &argv), *all = "";
    cr_expect_null(argv[argc]);
    for (int i = 0; i < argc; i++)
        all = arena_printf(arena, "%s[%s]", all, argv[i]);
    return trouble ? trouble : all;
}

Test(response, words_are_split_as_gcc_does, .init = enter_folder, .fini = leave_folder)
{
    struct arena *arena = arena_new();
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "[jobgen][last]"},
        {" \n\t\n", "[jobgen][last]"},
        {"a.c -o  out\n", "[jobgen][a.c][-o][out][last]"},
        {"a\\ b 'c d' \"e f\"", "[jobgen][a b][c d][e f][last]"},
        {"-DX='\"y\"' \"a'b\" x\"y\"z", "[jobgen][-DX=\"y\"][a'b][xyz][last]"},
        {"'' \"\"", "[jobgen][][][last]"},
        {"\"a\\\"b\" 'a\\'b' a\\\\b", "[jobgen][a\"b][a'b][a\\b][last]"},
        {"r\xc3\xa4um.c 'open end", "[jobgen][r\xc3\xa4um.c][open end][last]"},
        {"@nowhere @", "[jobgen][@nowhere][@][last]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(expand(arena, rows[i].text), rows[i].words, "row %zu: %s", i,
                         expand(arena, rows[i].text));
    arena_free(arena);
}

Test(response, files_stand_in_one_another, .init = enter_folder, .fini = leave_folder)
{
    struct arena *arena = arena_new();
    write_file("s", "b\nc");
    cr_expect_str_eq(expand(arena, "a @s d"), "[jobgen][a][b][c][d][last]");
    cr_expect(strstr(expand(arena, "a @r"), "@r: response files stand"));
    arena_free(arena);
}
