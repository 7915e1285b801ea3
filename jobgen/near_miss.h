/* SPDX-License-Identifier: MIT */
/* The word that was probably meant. */
#ifndef JOBGEN_NEAR_MISS_H
#define JOBGEN_NEAR_MISS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* The candidate nearest to `word`, NULL if none is near enough to be worth naming. */
const char *near_miss_find(const char *word, const char *const *candidates, size_t count);

/* The same among the options of @job. */
const char *near_miss_of_options(struct arena *arena, const char *word);

/* The same among the checks. */
const char *near_miss_of_checks(const char *word);

/* Whether one letter more, less, other, or swapped with its neighbour makes one of the other. */
bool near_miss_is_one_letter(const char *a, const char *b);

/* ", did you mean 'x'?" or nothing. */
const char *near_miss_phrase(struct arena *arena, const char *near);

#endif
