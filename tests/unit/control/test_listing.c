/* SPDX-License-Identifier: MIT */
/* The list of nodes as JSON and as a page. */
#include <criterion/criterion.h>

#include "control/listing.h"

#include <cjson/cJSON.h>
#include <string.h>

static const struct jgi_node_entry nodes[] = {
    {.name = "a",
     .address = "[::1]:3031",
     .tags = "gpu=yes,zone=,bare,eq=a=b",
     .incarnation = 0xab,
     .slots = 2,
     .busy = 1},
    {.name = "b",
     .address = "10.0.0.1:1",
     .tags = "x=<script>&\"",
     .incarnation = UINT64_MAX,
     .slots = 1,
     .is_draining = true},
};
static const struct jgi_listing listing = {.nodes = nodes, .count = 2, .revision = 7};

static const char *text_of(cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

Test(listing, is_json_with_all_there_is)
{
    struct jgi_buffer out = {0};
    cr_assert(jgi_listing_json(&listing, &out));
    cJSON *json = cJSON_ParseWithLength((char *)jgi_buffer_data(&out), jgi_buffer_size(&out));
    cr_assert_not_null(json);
    cr_expect_eq(cJSON_GetObjectItem(json, "revision")->valueint, 7);
    cJSON *array = cJSON_GetObjectItem(json, "nodes");
    cr_assert_eq(cJSON_GetArraySize(array), 2);
    cJSON *a = cJSON_GetArrayItem(array, 0), *b = cJSON_GetArrayItem(array, 1);
    cr_expect_str_eq(text_of(a, "name"), "a");
    cr_expect_str_eq(text_of(a, "address"), "[::1]:3031");
    cr_expect_str_eq(text_of(a, "incarnation"), "00000000000000ab");
    cr_expect_str_eq(text_of(b, "incarnation"), "ffffffffffffffff");
    cr_expect_eq(cJSON_GetObjectItem(a, "slots")->valueint, 2);
    cr_expect_eq(cJSON_GetObjectItem(a, "busy")->valueint, 1);
    cr_expect(cJSON_IsFalse(cJSON_GetObjectItem(a, "draining")));
    cr_expect(cJSON_IsTrue(cJSON_GetObjectItem(b, "draining")));
    cJSON *tags = cJSON_GetObjectItem(a, "tags");
    cr_expect_str_eq(text_of(tags, "gpu"), "yes");
    cr_expect_str_eq(text_of(tags, "zone"), "");
    cr_expect_str_eq(text_of(tags, "bare"), "");
    cr_expect_str_eq(text_of(tags, "eq"), "a=b");
    cr_expect_str_eq(text_of(cJSON_GetObjectItem(b, "tags"), "x"), "<script>&\"");
    cJSON_Delete(json);
    jgi_buffer_fini(&out);
}

static char *page_of(const struct jgi_listing *shown)
{
    struct jgi_buffer out = {0};
    cr_assert(jgi_listing_html(shown, &out));
    cr_assert(jgi_buffer_add(&out, "", 1));
    cr_assert_eq(out.start, 0);
    return (char *)out.bytes;
}

Test(listing, is_a_page_in_which_nothing_of_others_is_markup)
{
    char *page = page_of(&listing);
    cr_expect_eq(strncmp(page, "<!DOCTYPE html>\n", 16), 0);
    cr_expect_not_null(strstr(page, "<th scope=\"row\">a</th><td>[::1]:3031</td>"));
    cr_expect_not_null(strstr(page, "x=&lt;script&gt;&amp;&quot;"));
    cr_expect_not_null(strstr(page, "<td>draining</td>"));
    cr_expect_not_null(strstr(page, "2 nodes, 1 of 3 slots busy"));
    cr_expect_null(strstr(page, "<script"));
    free(page);
}

Test(listing, says_what_to_do_where_there_is_no_node)
{
    char *page = page_of(&(struct jgi_listing){.revision = 1});
    cr_expect_not_null(strstr(page, "jobd node --bind-socket"));
    cr_expect_null(strstr(page, "<table"));
    free(page);
}
