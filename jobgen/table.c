/* SPDX-License-Identifier: MIT */
/* Open addressing; never more than half full. */
#include "table.h"

#include "arena.h"
#include "digest.h"

#include <stdlib.h>
#include <string.h>

void table_fini(struct table *table)
{
    free(table->rows);
    *table = (struct table){0};
}

static struct table_row *row_find(const struct table *table, const char *key)
{
    size_t at = (size_t)digest_short(key) & (table->capacity - 1);
    while (table->rows[at].key && strcmp(table->rows[at].key, key) != 0)
        at = (at + 1) & (table->capacity - 1);
    return &table->rows[at];
}

static void grow(struct table *table)
{
    struct table larger = {.capacity = table->capacity ? table->capacity * 2 : 256};
    larger.rows = memory_grow(NULL, larger.capacity * sizeof *larger.rows);
    memset(larger.rows, 0, larger.capacity * sizeof *larger.rows);
    for (size_t i = 0; i < table->capacity; i++)
        if (table->rows[i].key) *row_find(&larger, table->rows[i].key) = table->rows[i];
    larger.count = table->count;
    free(table->rows);
    *table = larger;
}

struct table_row *table_at(struct table *table, const char *key)
{
    if (table->count * 2 >= table->capacity) grow(table);
    struct table_row *row = row_find(table, key);
    if (!row->key) {
        row->key = key;
        table->count++;
    }
    return row;
}

void *table_get(const struct table *table, const char *key)
{
    return table->count ? row_find(table, key)->value : NULL;
}
