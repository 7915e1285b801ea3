/* SPDX-License-Identifier: MIT */
/* Complaints as people see them. */
#include "diag_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/jobgen-diag-XXXXXX";

static void source_is(const char *text)
{
    int fd = mkstemp(path);
    size_t length = strlen(text);
    cr_assert_eq(write(fd, text, length), (ssize_t)length);
    (void)close(fd);
}

/* What is printed with every "PATH" of `expected` meaning the source. */
static void expect_printed(struct diag_list *diags, bool is_coloured, const char *expected)
{
    char *text = NULL, *meant = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    diag_print(diags, stream, is_coloured);
    (void)fclose(stream);
    stream = open_memstream(&meant, &length);
    for (const char *at = expected; *at;) {
        bool is_path = strncmp(at, "PATH", 4) == 0;
        (void)fputs(is_path ? path : (char[]){*at, '\0'}, stream);
        at += is_path ? 4 : 1;
    }
    (void)fclose(stream);
    cr_expect_str_eq(text, meant);
    free(text);
    free(meant);
    diag_free(diags);
    (void)unlink(path);
}

Test(diag_text, looks_like_clang)
{
    source_is("int a;\n\tint \xC3\xA4\xC3\xB6 = wrong;\n");
    struct diag_list *diags = diag_new(NULL);
    diag_error(diags, (struct location){path, 2, 13, 5}, CHECK_USED, "what is %s", "wrong");
    diag_fixit(diags, (struct location){path, 2, 13, 5}, "right");
    diag_note(diags, (struct location){path, 1, 5, 1}, "b", "or change this");
    diag_warning(diags, (struct location){path, 2, 2, 3}, CHECK_ADDRESS, "careful");
    expect_printed(diags, false,
                   "PATH:2:2: warning: careful [address]\n"
                   "        int \xC3\xA4\xC3\xB6 = wrong;\n"
                   "        ^~~\n"
                   "PATH:2:13: error: what is wrong [used]\n"
                   "        int \xC3\xA4\xC3\xB6 = wrong;\n"
                   "                 ^~~~~\n"
                   "                 right\n"
                   "PATH:1:5: note: or change this\n"
                   "int a;\n"
                   "    ^\n"
                   "    b\n"
                   "1 warning and 1 error generated.\n");
}

Test(diag_text, the_caret_stands_under_wide_and_unprintable_characters)
{
    source_is("/* \xE4\xB8\xAD e\xCC\x81 \x1B \xFF */ x;\n");
    struct diag_list *diags = diag_new(NULL);
    diag_error(diags, (struct location){path, 1, 4, 3}, CHECK_USED, "two columns");
    diag_error(diags, (struct location){path, 1, 19, 1}, CHECK_USED, "behind them");
    expect_printed(diags, false,
                   "PATH:1:4: error: two columns [used]\n"
                   "/* \xE4\xB8\xAD e\xCC\x81 <1B> <FF> */ x;\n"
                   "   ^~\n"
                   "PATH:1:19: error: behind them [used]\n"
                   "/* \xE4\xB8\xAD e\xCC\x81 <1B> <FF> */ x;\n"
                   "                     ^\n"
                   "2 errors generated.\n");
}

Test(diag_text, a_place_beyond_the_line_or_the_file_is_no_trouble)
{
    source_is("int a;\r\n");
    struct diag_list *diags = diag_new(NULL);
    diag_error(diags, (struct location){path, 1, 5, 90}, CHECK_USED, "long");
    diag_error(diags, (struct location){path, 1, 50, 1}, CHECK_USED, "right");
    diag_error(diags, (struct location){path, 9, 1, 1}, CHECK_USED, "below");
    diag_error(diags, (struct location){.file = "missing.c"}, CHECK_FILE, "is not there");
    diag_error(diags, (struct location){0}, CHECK_LIBCLANG, "is not there");
    expect_printed(diags, false,
                   "jobgen: error: is not there [libclang]\n"
                   "PATH:1:5: error: long [used]\n"
                   "int a;\n"
                   "    ^~\n"
                   "PATH:1:50: error: right [used]\n"
                   "int a;\n"
                   "      ^\n"
                   "PATH:9:1: error: below [used]\n"
                   "missing.c: error: is not there [file]\n"
                   "5 errors generated.\n");
}

Test(diag_text, colours_are_those_of_clang)
{
    source_is("int a;\n");
    struct diag_list *diags = diag_new(NULL);
    diag_warning(diags, (struct location){path, 1, 5, 1}, CHECK_ADDRESS, "careful");
    diag_note(diags, (struct location){path, 1, 5, 1}, "b", "write");
    expect_printed(diags, true,
                   "\33[1mPATH:1:5: \33[0;1;35mwarning: \33[0m\33[1mcareful [address]\33[0m\n"
                   "int a;\n"
                   "    \33[0;1;32m^\33[0m\n"
                   "\33[1mPATH:1:5: \33[0;1;30mnote: \33[0mwrite\33[0m\n"
                   "int a;\n"
                   "    \33[0;1;32m^\33[0m\n"
                   "    \33[0;32mb\33[0m\n"
                   "1 warning generated.\n");
}
