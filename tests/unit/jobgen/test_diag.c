/* SPDX-License-Identifier: MIT */
/* Complaints as people see them. */
#include "diag.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *printed(const struct diag_list *diags)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    diag_print(diags, stream);
    (void)fclose(stream);
    return text;
}

Test(diag, looks_like_clang)
{
    char path[] = "/tmp/jobgen-diag-XXXXXX";
    int fd = mkstemp(path);
    static const char source[] = "int a;\n\tint \xC3\xA4\xC3\xB6 = wrong;\n";
    cr_assert_eq(write(fd, source, sizeof source - 1), sizeof source - 1);
    struct diag_list *diags = diag_new(NULL);
    diag_error(diags, (struct location){path, 2, 13, 5}, CHECK_USED, "what is %s", "wrong");
    diag_note(diags, (struct location){path, 1, 5, 1}, "b", "write");
    char *text = printed(diags), expected[512];
    (void)snprintf(expected, sizeof expected,
                   "%s:2:13: error: what is wrong [used]\n"
                   "        int \xC3\xA4\xC3\xB6 = wrong;\n"
                   "                 ^~~~~\n"
                   "%s:1:5: note: write\n"
                   "int a;\n"
                   "    ^\n"
                   "    b\n",
                   path, path);
    cr_expect_str_eq(text, expected);
    free(text);
    diag_free(diags);
    (void)close(fd);
    (void)unlink(path);
}

Test(diag, are_sorted_and_told_once)
{
    struct diag_list *diags = diag_new(NULL);
    diag_warning(diags, (struct location){"b.c", 1, 1, 1}, CHECK_ADDRESS, "third");
    diag_error(diags, (struct location){"a.c", 2, 1, 1}, CHECK_USED, "second");
    diag_error(diags, (struct location){"a.c", 2, 1, 1}, CHECK_USED, "second");
    diag_error(diags, (struct location){"a.c", 1, 9, 1}, CHECK_USED, "first");
    diag_error(diags, (struct location){0}, CHECK_USED, "nowhere");
    char *text = printed(diags);
    cr_expect_str_eq(text, "jobgen: error: nowhere [used]\n"
                           "a.c:1:9: error: first [used]\n"
                           "a.c:2:1: error: second [used]\n"
                           "b.c:1:1: warning: third [address]\n");
    free(text);
    diag_free(diags);
}

Test(diag, only_errors_are_errors)
{
    struct diag_list *diags = diag_new(NULL);
    diag_warning(diags, (struct location){0}, CHECK_ADDRESS, "careful");
    cr_expect_not(diag_has_errors(diags));
    diag_error(diags, (struct location){0}, CHECK_USED, "stop");
    cr_expect(diag_has_errors(diags));
    diag_free(diags);
}

Test(diag, a_choice_changes_or_leaves_out_a_warning_and_its_notes)
{
    struct check_choices choices = {
        .of = {[CHECK_ADDRESS] = CHOICE_OFF, [CHECK_TRAILING_TEXT] = CHOICE_ERROR}};
    struct diag_list *diags = diag_new(&choices);
    diag_warning(diags, (struct location){0}, CHECK_ADDRESS, "left out");
    diag_note(diags, (struct location){0}, NULL, "left out too");
    cr_expect_eq(diag_count(diags), 0);
    diag_warning(diags, (struct location){0}, CHECK_TRAILING_TEXT, "an error now");
    diag_note(diags, (struct location){0}, NULL, "with its note");
    cr_expect(diag_has_errors(diags));
    char *text = printed(diags);
    cr_expect_str_eq(text, "jobgen: error: an error now [trailing-text]\n"
                           "jobgen: note: with its note\n");
    free(text);
    diag_free(diags);
}
