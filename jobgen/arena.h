/* SPDX-License-Identifier: MIT */
/* Memory of one lifetime: allocated piece by piece, freed at once. Out of memory ends the program
 * here and nowhere else. */
#ifndef JOBGEN_ARENA_H
#define JOBGEN_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL allowed */

/* Zeroed, aligned for anything. */
void *arena_alloc(struct arena *arena, size_t size_bytes);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0), nonnull(2)));

/* realloc that never fails; for growing lists that are freed on their own. */
void *memory_grow(void *items, size_t size_bytes);

#endif
