/* SPDX-License-Identifier: MIT */
/* The names end where something else than commas and blanks follows one: the reason, say. */
#include "hush.h"

#include "arena.h"
#include "near_miss.h"

#include <string.h>

static const char mark[] = "jobgen: no-warn";

struct hush_word {
    size_t begin, end;
};

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* The next name of a list at `*at`; false: there is none. */
static bool next_name(const struct source *source, size_t *at, size_t end, struct hush_word *ret)
{
    while (*at < end && strchr(" \t,", source->text[*at]))
        ++*at;
    ret->begin = *at;
    while (*at < end && is_name_byte(source->text[*at]))
        ++*at;
    ret->end = *at;
    return ret->end > ret->begin;
}

/* The first mark in [begin, end): behind it; `end` if there is none. */
static size_t mark_find(const struct source *source, size_t begin, size_t end)
{
    const char *found = memmem(source->text + begin, end - begin, mark, sizeof mark - 1);
    return found ? (size_t)(found - source->text) + sizeof mark - 1 : end;
}

static bool has_comma(const struct source *source, size_t at, size_t end)
{
    while (at < end && strchr(" \t", source->text[at]))
        at++;
    return at < end && source->text[at] == ',';
}

/* Calls `visit` for each name behind a mark at `at`. */
static void visit_names(const struct source *source, size_t at, size_t end,
                        void (*visit)(const struct source *source, struct hush_word word,
                                      void *user),
                        void *user)
{
    struct hush_word word;
    do {
        if (!next_name(source, &at, end, &word)) return;
        visit(source, word, user);
    } while (has_comma(source, at, end));
}

struct hush_search {
    const char *name;
    bool is_found;
};

static void compare_name(const struct source *source, struct hush_word word, void *user)
{
    struct hush_search *search = user;
    size_t length = word.end - word.begin;
    search->is_found |= strlen(search->name) == length &&
                        memcmp(source->text + word.begin, search->name, length) == 0;
}

bool hush_has(const struct source *source, size_t begin, size_t end, enum check_name check)
{
    struct hush_search search = {.name = check_info(check)->name};
    if (mark_find(source, begin, end) == end) return false;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        if (token->begin < begin || token->begin >= end || !token_is_comment(token)) continue;
        size_t at = token->begin;
        while ((at = mark_find(source, at, token->end)) != token->end)
            visit_names(source, at, token->end, compare_name, &search);
    }
    return search.is_found;
}

struct hush_checking {
    struct arena *arena;
    struct diag_list *diags;
};

static void check_word(const struct source *source, struct hush_word word, void *user)
{
    struct hush_checking *checking = user;
    const char *name =
        arena_strndup(checking->arena, source->text + word.begin, word.end - word.begin);
    struct location at = source_location(source, word.begin, word.end - word.begin);
    enum check_name check = check_find(name);
    if (check == CHECK_COUNT) {
        const char *near = near_miss_of_checks(name);
        diag_warning(checking->diags, at, CHECK_UNKNOWN_CHECK, "there is no check '%s'%s", name,
                     near_miss_phrase(checking->arena, near));
        if (near) diag_fixit(checking->diags, at, near);
    } else if (!check_is_of_bodies(check)) {
        diag_warning(checking->diags, at, CHECK_UNKNOWN_CHECK,
                     "'%s' cannot be turned off in a comment%s", name,
                     check_info(check)->severity == SEVERITY_WARNING ? "; use --no-warn" : "");
    }
}

void hush_check(struct arena *arena, const struct source *source, struct diag_list *diags)
{
    struct hush_checking checking = {arena, diags};
    if (mark_find(source, 0, source->length) == source->length) return;
    for (size_t i = 0; i < source->token_count; i++) {
        const struct token *token = &source->tokens[i];
        size_t at = token->begin;
        if (!token_is_comment(token)) continue;
        while ((at = mark_find(source, at, token->end)) != token->end)
            visit_names(source, at, token->end, check_word, &checking);
    }
}
