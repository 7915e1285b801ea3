/* SPDX-License-Identifier: MIT */
/* Edit distance, swapped neighbours counted once. */
#include "near_miss.h"

#include "arena.h"
#include "check_list.h"
#include "job_option.h"

#include <string.h>

enum { LONGEST = 48 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    unsigned rows[3][LONGEST + 1];
    if (a_length > LONGEST || b_length > LONGEST) return LONGEST;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *higher = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], higher[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

bool near_miss_is_one_letter(const char *a, const char *b)
{
    return distance(a, b) == 1;
}

const char *near_miss_find(const char *word, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    unsigned length = (unsigned)strlen(word);
    unsigned best = 1 + (length > 2 ? length / 3 : length > 1);
    for (size_t i = 0; i < count; i++) {
        unsigned found = distance(word, candidates[i]);
        if (found < best && found < (unsigned)strlen(candidates[i]) + (length > 1)) {
            best = found;
            nearest = candidates[i];
        }
    }
    return nearest;
}

const char *near_miss_of_options(struct arena *arena, const char *word)
{
    size_t count = job_option_count();
    const char **names = arena_alloc(arena, count * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = job_option_name(i);
    const char *near = near_miss_find(word, names, count);
    size_t length = strlen(word);
    for (size_t i = 0; i < count && !near; i++) /* timeout: timeout_ms */
        if (strncmp(names[i], word, length) == 0 && names[i][length] == '_') near = names[i];
    return near;
}

const char *near_miss_of_checks(const char *word)
{
    const char *names[CHECK_COUNT];
    for (size_t i = 0; i < CHECK_COUNT; i++)
        names[i] = check_info((enum check_name)i)->name;
    return near_miss_find(word, names, CHECK_COUNT);
}

const char *near_miss_phrase(struct arena *arena, const char *near)
{
    return near ? arena_printf(arena, "; did you mean '%s'?", near) : "";
}
