/* SPDX-License-Identifier: MIT */
/* A ring keeps the order in which its members were added, both ways. */
#include "base/list.h"

#include <criterion/criterion.h>

struct member {
    char before[3]; /* so that the link does not lie at the front */
    struct jgi_link link;
    char name;
};

/* Names from first to last, after checking that they are the same from last to first. */
static const char *names_of(const struct jgi_link *head)
{
    static char names[16];
    size_t count = 0;
    for (struct jgi_link *at = head->next; at != head; at = at->next)
        names[count++] = JGI_OWNER(at, struct member, link)->name;
    names[count] = '\0';
    for (struct jgi_link *at = head->prev; at != head; at = at->prev)
        cr_assert_eq(JGI_OWNER(at, struct member, link)->name, names[--count]);
    cr_assert_eq(count, 0);
    return names;
}

static struct jgi_link head;
static struct member a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'};

static void init(void)
{
    jgi_list_init(&head);
    jgi_list_init(&a.link);
    jgi_list_init(&b.link);
    jgi_list_init(&c.link);
}

Test(list, is_empty_at_first, .init = init)
{
    cr_expect(jgi_list_is_empty(&head));
    cr_expect_str_eq(names_of(&head), "");
}

Test(list, adds_at_both_ends, .init = init)
{
    jgi_list_add_last(&head, &b.link);
    cr_expect_not(jgi_list_is_empty(&head));
    jgi_list_add_last(&head, &c.link);
    jgi_list_add_first(&head, &a.link);
    cr_expect_str_eq(names_of(&head), "abc");
}

Test(list, removes_anywhere, .init = init)
{
    struct member *const order[] = {&b, &a, &c}; /* middle, first, the only one */
    const char *const left[] = {"ac", "c", ""};
    jgi_list_add_last(&head, &a.link);
    jgi_list_add_last(&head, &b.link);
    jgi_list_add_last(&head, &c.link);
    for (int i = 0; i < 3; i++) {
        jgi_list_remove(&order[i]->link);
        cr_expect_str_eq(names_of(&head), left[i]);
        cr_expect(jgi_list_is_empty(&order[i]->link), "it is alone");
    }
    cr_expect(jgi_list_is_empty(&head));
}

Test(list, removing_what_is_in_no_list_changes_nothing, .init = init)
{
    jgi_list_add_last(&head, &a.link);
    jgi_list_remove(&b.link);
    jgi_list_remove(&b.link);
    cr_expect_str_eq(names_of(&head), "a");
}

Test(list, a_removed_member_can_be_added_again, .init = init)
{
    jgi_list_add_last(&head, &a.link);
    jgi_list_add_last(&head, &b.link);
    jgi_list_remove(&a.link);
    jgi_list_add_last(&head, &a.link);
    cr_expect_str_eq(names_of(&head), "ba");
}
