/* SPDX-License-Identifier: MIT */
/* Things found by a text. */
#ifndef JOBGEN_TABLE_H
#define JOBGEN_TABLE_H

#include <stddef.h>

struct table_row {
    const char *key; /* NULL: empty */
    void *value;
};

/* Zeroed: empty. Rows stand in no order, with empty ones between them. */
struct table {
    struct table_row *rows;
    size_t count, capacity;
};

void table_fini(struct table *table);

/* The row of that key, made if it is new: then its value is NULL, and its key, which may be
 * replaced by an equal text that lives longer, is `key`. Good until the next call. */
struct table_row *table_at(struct table *table, const char *key);

/* The value of that key; NULL: there is none. */
void *table_get(const struct table *table, const char *key);

#endif
