/* SPDX-License-Identifier: MIT */
#include "node/notes.h"

#include <criterion/criterion.h>

Test(notes, holds_what_was_added_in_any_order)
{
    struct jgi_notes notes = {0};
    uint64_t numbers[] = {70000, 1, 2047, 2048, 0, UINT64_MAX, 64, 4096};
    size_t count = sizeof numbers / sizeof numbers[0];
    for (size_t i = 0; i < count; i++) {
        cr_expect_not(jgi_notes_has(&notes, numbers[i]));
        cr_assert(jgi_notes_add(&notes, numbers[i]));
        cr_assert(jgi_notes_add(&notes, numbers[i]), "again");
    }
    for (size_t i = 0; i < count; i++)
        cr_expect(jgi_notes_has(&notes, numbers[i]));
    cr_expect_not(jgi_notes_has(&notes, 2));
    cr_expect_not(jgi_notes_has(&notes, 70001));
    jgi_notes_fini(&notes);
}

Test(notes, a_million_numbers_take_a_bit_each)
{
    struct jgi_notes notes = {0};
    for (uint64_t number = 1; number <= 1000000; number++)
        cr_assert(jgi_notes_add(&notes, number));
    cr_expect_eq(notes.count, 1000000 / JGI_NOTES_PAGE + 1);
    jgi_notes_raise(&notes, 999999);
    cr_expect_eq(notes.count, 1);
    cr_expect(jgi_notes_has(&notes, 999999));
    jgi_notes_fini(&notes);
}

Test(notes, a_far_floor_forgets_all_at_once)
{
    struct jgi_notes notes = {0};
    cr_assert(jgi_notes_add(&notes, 5));
    cr_assert(jgi_notes_add(&notes, UINT64_C(1) << 40));
    jgi_notes_raise(&notes, UINT64_MAX);
    cr_expect_eq(notes.count, 0);
    jgi_notes_raise(&notes, UINT64_MAX);
    jgi_notes_fini(&notes);
}

Test(notes, a_peer_cannot_make_it_grow_without_bound)
{
    struct jgi_notes notes = {0};
    for (uint64_t i = 0; i < JGI_NOTES_PAGES_MAX; i++)
        cr_assert(jgi_notes_add(&notes, i * JGI_NOTES_PAGE));
    cr_expect_not(jgi_notes_add(&notes, UINT64_MAX));
    cr_expect(jgi_notes_add(&notes, 3), "where a page is there");
    jgi_notes_fini(&notes);
}
