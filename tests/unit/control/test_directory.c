/* SPDX-License-Identifier: MIT */
/* Who is in the register, when a node is gone, and who has a name. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "control/directory.h"

#include <stdio.h>
#include <string.h>

#define MS UINT64_C(1000000)

static struct jgi_directory *directory;
static int links[3]; /* owners are told apart by their place */
static char gone[JGI_NODE_NAME_MAX + 1];

static void set_up(void)
{
    directory = jgi_directory_new();
    cr_assert_not_null(directory);
}

static void tear_down(void)
{
    directory = jgi_directory_free(directory);
    cr_expect_null(directory);
}

TestSuite(directory, .init = set_up, .fini = tear_down);

static struct jgi_node_entry node(const char *name, uint64_t incarnation)
{
    return (struct jgi_node_entry){.name = name,
                                   .address = "127.0.0.1:3031",
                                   .tags = "",
                                   .incarnation = incarnation,
                                   .slots = 2};
}

static struct jgi_registered put(struct jgi_node_entry entry, int *owner, uint64_t now_ms)
{
    return jgi_directory_register(
        directory, &(struct jgi_registration){
                       .node = &entry, .source = "::1", .owner = owner, .now_ns = now_ms * MS});
}

static size_t count(void)
{
    size_t found;
    (void)jgi_directory_list(directory, true, &found);
    return found;
}

Test(directory, is_empty_at_first)
{
    cr_expect_eq(count(), 0);
    cr_expect_neq(jgi_directory_revision(directory), 0);
    cr_expect_eq(jgi_directory_due_ns(directory), JGI_NEVER);
    cr_expect_not(jgi_directory_expire(directory, JGI_NEVER - 1, gone));
    cr_expect_not(jgi_directory_remove(directory, "a", &links[0]));
    jgi_directory_leave(directory, "a", &links[0]);
}

Test(directory, lists_nodes_by_name)
{
    static const char *const names[] = {"m", "z", "a", "n"};
    size_t found;
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(put(node(names[i], i + 1), &links[0], 0).status, JG_OK);
    const struct jgi_node_entry *list = jgi_directory_list(directory, true, &found);
    cr_assert_eq(found, 4);
    cr_expect_str_eq(list[0].name, "a");
    cr_expect_str_eq(list[1].name, "m");
    cr_expect_str_eq(list[2].name, "n");
    cr_expect_str_eq(list[3].name, "z");
    cr_expect_eq(list[3].incarnation, 2);
}

Test(directory, drops_what_is_not_renewed_for_three_periods)
{
    (void)put(node("a", 1), &links[0], 0);
    (void)put(node("b", 2), &links[1], 500);
    cr_expect_eq(jgi_directory_due_ns(directory), 3000 * MS);
    cr_expect_not(jgi_directory_expire(directory, 2999 * MS, gone));
    (void)put(node("b", 2), &links[1], 2900);
    cr_expect(jgi_directory_expire(directory, 3000 * MS, gone));
    cr_expect_str_eq(gone, "a");
    cr_expect_eq(count(), 1);
    cr_expect_eq(jgi_directory_due_ns(directory), 5900 * MS);
    cr_expect(jgi_directory_expire(directory, 5900 * MS, gone));
    cr_expect_str_eq(gone, "b");
    cr_expect_eq(count(), 0);
}

Test(directory, keeps_a_node_whose_link_is_gone_until_its_time)
{
    (void)put(node("a", 1), &links[0], 0);
    jgi_directory_leave(directory, "a", &links[0]);
    cr_expect_eq(count(), 1);
    struct jgi_registered done = put(node("a", 1), &links[1], 100);
    cr_expect_eq(done.status, JG_OK);
    cr_expect_null(done.displaced, "nobody is there to be told");
    cr_expect_not(done.is_change);
}

Test(directory, drops_a_node_that_ends_at_once)
{
    (void)put(node("a", 1), &links[0], 0);
    cr_expect_not(jgi_directory_remove(directory, "a", &links[1]), "not by another's word");
    cr_expect(jgi_directory_remove(directory, "a", &links[0]));
    cr_expect_eq(count(), 0);
}

Test(directory, counts_its_changes_and_no_renewals)
{
    struct jgi_node_entry entry = node("a", 1);
    uint64_t revision = jgi_directory_revision(directory);
    struct jgi_registered done = put(entry, &links[0], 0);
    cr_expect(done.is_change && done.is_urgent_change);
    cr_expect_gt(jgi_directory_revision(directory), revision);
    revision = jgi_directory_revision(directory);

    done = put(entry, &links[0], 1000);
    cr_expect_not(done.is_change);
    cr_expect_eq(jgi_directory_revision(directory), revision);

    entry.busy = 1;
    done = put(entry, &links[0], 2000);
    cr_expect(done.is_change && !done.is_urgent_change, "busy can wait");
    cr_expect_gt(jgi_directory_revision(directory), revision);

    entry.is_draining = true;
    cr_expect(put(entry, &links[0], 2000).is_urgent_change);
    entry.slots = 3;
    cr_expect(put(entry, &links[0], 2000).is_urgent_change);
    entry.tags = "gpu=yes";
    cr_expect(put(entry, &links[0], 2000).is_urgent_change);
    entry.address = "127.0.0.1:4000";
    cr_expect(put(entry, &links[0], 2000).is_urgent_change);
    revision = jgi_directory_revision(directory);
    (void)jgi_directory_remove(directory, "a", &links[0]);
    cr_expect_gt(jgi_directory_revision(directory), revision);
}

Test(directory, gives_a_name_to_the_later_of_two_nodes)
{
    (void)put(node("a", 1), &links[0], 0);
    struct jgi_registered done = put(node("a", 2), &links[1], 100);
    cr_expect_eq(done.status, JG_OK);
    cr_expect_eq(done.displaced, &links[0]);
    cr_expect_not(done.is_same_node);
    cr_expect_eq(count(), 1);

    done = put(node("a", 1), &links[2], 200);
    cr_expect_eq(done.status, JG_EMISMATCH, "it does not get it back");
    cr_expect_not_null(strstr(done.text, "--name"));

    cr_expect(jgi_directory_expire(directory, 3100 * MS, gone));
    cr_expect_eq(put(node("a", 1), &links[2], 3200).status, JG_OK, "but when the other is gone");
}

Test(directory, takes_the_newer_link_of_one_node)
{
    (void)put(node("a", 1), &links[0], 0);
    struct jgi_registered done = put(node("a", 1), &links[1], 100);
    cr_expect_eq(done.displaced, &links[0]);
    cr_expect(done.is_same_node);
    cr_expect_not(done.is_change);
}

Test(directory, fills_in_the_address_that_is_seen)
{
    static const struct {
        const char *told, *source, *expected; /* NULL: refused */
    } rows[] = {
        {"10.0.0.7:3031", "10.0.0.9", "10.0.0.7:3031"},
        {"host.example:3031", "::1", "host.example:3031"},
        {"[::]:3031", "10.0.0.9", "10.0.0.9:3031"},
        {"[::]:3031", "::1", "[::1]:3031"},
        {"[::]:3031", "::ffff:10.0.0.9", "10.0.0.9:3031"},
        {"0.0.0.0:3031", "127.0.0.1", "127.0.0.1:3031"},
        {"0.0.0.0:3031", "::1", "127.0.0.1:3031"},
        {":3031", "fd00::9", "[fd00::9]:3031"},
        {"[::]:0", "::1", NULL},
        {"3031", "::1", NULL},
        {"", "::1", NULL},
        {"a b:1", "::1", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jgi_node_entry entry = node("a", 1);
        size_t found;
        entry.address = rows[i].told;
        struct jgi_registered done = jgi_directory_register(
            directory,
            &(struct jgi_registration){.node = &entry, .source = rows[i].source, .owner = links});
        cr_expect_eq(done.status, rows[i].expected == NULL ? JG_EPROTOCOL : JG_OK, "%s",
                     rows[i].told);
        if (rows[i].expected != NULL)
            cr_expect_str_eq(jgi_directory_list(directory, true, &found)->address,
                             rows[i].expected);
    }
}

Test(directory, tells_loopback_addresses_on_this_machine_only)
{
    static const char *const addresses[] = {"127.0.0.1:1", "[::1]:1", "localhost:1", "10.0.0.1:1"};
    for (size_t i = 0; i < 4; i++) {
        char name[2] = {(char)('a' + i), '\0'};
        struct jgi_node_entry entry = node(name, 1);
        entry.address = addresses[i];
        (void)put(entry, &links[0], 0);
    }
    size_t found;
    const struct jgi_node_entry *list = jgi_directory_list(directory, false, &found);
    cr_assert_eq(found, 1);
    cr_expect_str_eq(list[0].address, "10.0.0.1:1");
    cr_expect_eq(count(), 4);
}

Test(directory, refuses_names_and_tags_that_could_do_harm)
{
    static const struct {
        const char *name, *tags;
    } rows[] = {
        {"", ""},        {"a b", ""},      {"<b>", ""},         {"a\n", ""},
        {"\x1b[2J", ""}, {"a/b", ""},      {"\xc3\xa4", ""},    {"a", "x=a b"},
        {"a", "x\n"},    {"a", "\x1b[2J"}, {"a", "x=\xc3\xa4"},
    };
    char name[100], tags[300];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jgi_node_entry entry = node(rows[i].name, 1);
        entry.tags = rows[i].tags;
        cr_expect_eq(put(entry, &links[0], 0).status, JG_EPROTOCOL, "row %zu", i);
    }
    memset(name, 'a', sizeof name);
    name[JGI_NODE_NAME_MAX + 1] = '\0';
    cr_expect_eq(put(node(name, 1), &links[0], 0).status, JG_EPROTOCOL);
    name[JGI_NODE_NAME_MAX] = '\0';
    struct jgi_node_entry entry = node(name, 1);
    memset(tags, 'a', sizeof tags);
    tags[JGI_NODE_TAGS_MAX + 1] = '\0';
    entry.tags = tags;
    cr_expect_eq(put(entry, &links[0], 0).status, JG_EPROTOCOL);
    tags[JGI_NODE_TAGS_MAX] = '\0';
    cr_expect_eq(put(entry, &links[0], 0).status, JG_OK);
    cr_expect_eq(put(node("b", 0), &links[0], 0).status, JG_EPROTOCOL, "no incarnation");
}

Test(directory, always_fits_into_one_frame)
{
    char name[JGI_NODE_NAME_MAX + 1], tags[JGI_NODE_TAGS_MAX + 1];
    jg_status status = JG_OK;
    size_t found = 0;
    memset(tags, 'a', sizeof tags - 1);
    tags[sizeof tags - 1] = '\0';
    for (unsigned i = 0; i <= JGI_NODES_MAX && status == JG_OK; i++) {
        (void)snprintf(name, sizeof name, "%063u", i);
        struct jgi_node_entry entry = node(name, UINT64_MAX);
        entry.slots = entry.busy = UINT32_MAX;
        entry.tags = tags;
        status = put(entry, &links[0], 0).status;
    }
    cr_expect_eq(status, JG_EFULL);
    struct jgi_message message = {
        .kind = JGI_MESSAGE_NODES, .revision = UINT64_MAX, .period_ms = UINT32_MAX};
    message.nodes = jgi_directory_list(directory, true, &found);
    message.node_count = found;
    struct jgi_buffer out = {0};
    cr_expect(jgi_message_add(&out, &message), "%zu nodes", found);
    jgi_buffer_fini(&out);
}

Test(directory, is_full_at_1024_nodes)
{
    char name[16];
    for (unsigned i = 0; i < JGI_NODES_MAX; i++) {
        (void)snprintf(name, sizeof name, "n%u", i);
        cr_assert_eq(put(node(name, 1), &links[0], 0).status, JG_OK);
    }
    cr_expect_eq(put(node("more", 1), &links[0], 0).status, JG_EFULL);
    cr_expect_eq(put(node("n7", 1), &links[0], 0).status, JG_OK, "who is there may renew");
    while (jgi_directory_expire(directory, 3000 * MS, gone))
        continue;
    cr_expect_eq(count(), 0);
}
