/* SPDX-License-Identifier: MIT */
/* Which word was meant. */
#include "arena.h"
#include "near_miss.h"

#include <criterion/criterion.h>

Test(near_miss, names_the_nearest_or_nothing)
{
    static const char *const words[] = {"memory", "fuel", "retries", "string", "v", "count"};
    static const struct {
        const char *word, *near;
    } rows[] = {
        {"memroy", "memory"}, {"memori", "memory"}, {"fule", "fuel"},       {"vv", "v"},
        {"retry", NULL},      {"sting", "string"},  {"xyzzy", NULL},        {"coutn", "count"},
        {"q", NULL},          {"Memory", "memory"}, {"retires", "retries"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *near = near_miss_find(rows[i].word, words, sizeof words / sizeof *words);
        cr_expect_str_eq(near ? near : "-", rows[i].near ? rows[i].near : "-", "%s", rows[i].word);
    }
}

Test(near_miss, survives_endless_words)
{
    char word[500];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    const char *words[] = {"memory"};
    cr_expect_null(near_miss_find(word, words, 1));
}
