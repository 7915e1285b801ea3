/* SPDX-License-Identifier: MIT */
#include "base/table.h"

#include <criterion/criterion.h>

enum { COUNT = 5000 };

static struct jgi_table_link links[COUNT];

static uint64_t key_of(size_t i)
{
    return (uint64_t)i * UINT64_C(4294967296) + i % 3;
}

Test(table, finds_what_was_added_and_not_what_was_removed)
{
    struct jgi_table table = {0};
    for (size_t i = 0; i < COUNT; i++)
        jgi_table_add(&table, &links[i], key_of(i));
    cr_expect_eq(table.count, COUNT);
    for (size_t i = 0; i < COUNT; i += 2)
        jgi_table_remove(&table, &links[i]);
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(jgi_table_find(&table, key_of(i)), i % 2 == 0 ? NULL : &links[i]);
    cr_expect_null(jgi_table_find(&table, 77));
    jgi_table_fini(&table);
}

Test(table, gives_members_until_it_is_empty)
{
    struct jgi_table table = {0};
    cr_expect_null(jgi_table_any(&table));
    for (size_t i = 0; i < 100; i++)
        jgi_table_add(&table, &links[i], i);
    size_t count = 0;
    for (struct jgi_table_link *link; (link = jgi_table_any(&table)) != NULL; count++)
        jgi_table_remove(&table, link);
    cr_expect_eq(count, 100);
    cr_expect_null(jgi_table_find(&table, 5));
    jgi_table_fini(&table);
}
