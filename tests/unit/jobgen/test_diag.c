/* SPDX-License-Identifier: MIT */
/* Which complaints there are in the end, and in which order. */
#include "diag.h"

#include <criterion/criterion.h>

static const struct location nowhere = {0};

Test(diag, complaints_are_sorted_and_told_once)
{
    struct diag_list *diags = diag_new(NULL);
    diag_warning(diags, (struct location){"b.c", 1, 1, 1}, CHECK_ADDRESS, "fourth");
    diag_error(diags, (struct location){"a.c", 2, 1, 1}, CHECK_USED, "third");
    diag_error(diags, (struct location){"a.c", 2, 1, 1}, CHECK_USED, "third");
    diag_error(diags, (struct location){"a.c", 1, 9, 1}, CHECK_USED, "second");
    diag_error(diags, nowhere, CHECK_USED, "first");
    size_t count;
    const struct complaint *sorted = diag_sorted(diags, &count);
    static const char *const expected[] = {"first", "second", "third", "fourth"};
    cr_assert_eq(count, 4);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(sorted[i].text, expected[i]);
    diag_free(diags);
}

Test(diag, notes_and_fixes_stay_with_their_complaint)
{
    struct diag_list *diags = diag_new(NULL);
    diag_error(diags, (struct location){"b.c", 1, 1, 1}, CHECK_USED, "later");
    diag_note(diags, (struct location){"c.c", 7, 1, 1}, NULL, "of later");
    diag_error(diags, (struct location){"a.c", 1, 1, 4}, CHECK_STRING, "sooner");
    diag_fixit(diags, (struct location){"a.c", 1, 1, 4}, "this");
    diag_note(diags, (struct location){"a.c", 2, 1, 1}, "that", "or");
    diag_note_fix(diags, (struct location){"a.c", 3, 1, 1}, FIX_ADD, "another", "or");
    size_t count;
    const struct complaint *sorted = diag_sorted(diags, &count);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(sorted[0].fix.text, "this");
    cr_assert_eq(sorted[0].note_count, 2);
    cr_expect_str_eq(sorted[0].notes[0].fix.text, "that");
    cr_expect_eq(sorted[0].notes[1].fix.kind, FIX_ADD);
    cr_expect_eq(sorted[1].fix.kind, FIX_NONE);
    cr_assert_eq(sorted[1].note_count, 1);
    cr_expect_str_eq(sorted[1].notes[0].text, "of later");
    diag_free(diags);
}

Test(diag, only_errors_are_errors)
{
    struct diag_list *diags = diag_new(NULL);
    diag_warning(diags, nowhere, CHECK_ADDRESS, "careful");
    cr_expect_not(diag_has_errors(diags));
    diag_error(diags, nowhere, CHECK_USED, "stop");
    cr_expect(diag_has_errors(diags));
    diag_free(diags);
}

Test(diag, what_follows_from_an_error_of_clang_is_not_told)
{
    struct diag_list *diags = diag_new(NULL);
    size_t count;
    diag_error(diags, nowhere, CHECK_DECLARATION, "not understood");
    (void)diag_sorted(diags, &count);
    cr_expect_eq(count, 1);
    diag_error(diags, nowhere, CHECK_CLANG, "unknown type");
    const struct complaint *sorted = diag_sorted(diags, &count);
    cr_assert_eq(count, 1);
    cr_expect_eq(sorted[0].check, CHECK_CLANG);
    diag_free(diags);
}

Test(diag, a_choice_changes_or_leaves_out_a_warning_and_its_notes)
{
    struct check_choices choices = {
        .of = {[CHECK_ADDRESS] = CHOICE_OFF, [CHECK_TRAILING_TEXT] = CHOICE_ERROR}};
    struct diag_list *diags = diag_new(&choices);
    diag_warning(diags, nowhere, CHECK_ADDRESS, "left out");
    diag_note(diags, nowhere, NULL, "left out too");
    diag_fixit(diags, nowhere, "left out too");
    cr_expect_eq(diag_count(diags), 0);
    diag_warning(diags, nowhere, CHECK_TRAILING_TEXT, "an error now");
    diag_note(diags, nowhere, NULL, "with its note");
    size_t count;
    const struct complaint *sorted = diag_sorted(diags, &count);
    cr_assert_eq(count, 1);
    cr_expect_eq(sorted[0].severity, SEVERITY_ERROR);
    cr_expect_eq(sorted[0].note_count, 1);
    cr_expect(diag_has_errors(diags));
    diag_free(diags);
}
