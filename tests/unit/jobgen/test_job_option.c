/* SPDX-License-Identifier: MIT */
/* Options: every one has a default, a form, and prints as it is written. */
#include "arena.h"
#include "job_option.h"
#include "strbuf.h"

#include <criterion/criterion.h>

static const char *shown(struct arena *arena, const struct job_options *options, const char *name)
{
    struct strbuf text = {0};
    job_option_print(&text, job_option_find(name), options);
    const char *copy = arena_strdup(arena, text.text);
    strbuf_fini(&text);
    return copy;
}

Test(job_option, prints_what_was_stored)
{
    static const struct {
        const char *name, *text, *shown;
    } rows[] = {
        {"memory", "64M", "64M"},
        {"memory", "1536K", "1536K"},
        {"memory", "1000", "1000"},
        {"fuel", "10", "10"},
        {"fuel", "none", "none"},
        {"fuel", "2K", "2048"},
        {"fanout", "random", "random"},
        {"timeout_ms", "5", "5"},
        {"timeout_ms", "none", "none"},
        {"isolation", "reuse", "reuse"},
        {"net", "yes", "yes"},
        {"net", "no", "no"},
        {"read", "\"/a:/b\"", "\"/a:/b\""},
        {"write", "/a", "\"/a\""},
        {"retries", "0", "0"},
        {"sync_retry_interval_ms", "7", "7"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct job_options options;
        job_options_init(&options);
        struct option_value value = option_value_parse(arena, rows[i].text);
        const char *complaint =
            job_option_store(arena, &options, job_option_find(rows[i].name), &value);
        cr_expect_null(complaint, "%s=%s", rows[i].name, rows[i].text);
        cr_expect_str_eq(shown(arena, &options, rows[i].name), rows[i].shown);
    }
    arena_free(arena);
}

Test(job_option, refuses_what_does_not_fit)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"memory", "many"},
        {"memory", "0"},
        {"timeout_ms", "2G"},
        {"fanout", "all"},
        {"timeout_ms", "3000000000"},
        {"isolation", "1"},
        {"net", "2"},
        {"read", "data"},
        {"retries", "x"},
        {"sync_retry_interval_ms", "none"},
        {"read", "\"/a::/b\""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct job_options options;
        job_options_init(&options);
        struct option_value value = option_value_parse(arena, rows[i].text);
        cr_expect(job_option_store(arena, &options, job_option_find(rows[i].name), &value), "%s=%s",
                  rows[i].name, rows[i].text);
    }
    arena_free(arena);
}

Test(job_option, retries_follow_idempotent_unless_written)
{
    struct arena *arena = arena_new();
    struct job_options options;
    job_options_init(&options);
    options.is_idempotent = true;
    job_options_settle(&options);
    cr_expect_eq(options.retries, 3);
    job_options_init(&options);
    options.is_idempotent = true;
    struct option_value none = option_value_parse(arena, "0");
    (void)job_option_store(arena, &options, job_option_find("retries"), &none);
    job_options_settle(&options);
    cr_expect_eq(options.retries, 0);
    arena_free(arena);
}
