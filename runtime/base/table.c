/* SPDX-License-Identifier: MIT */
/* A hash table by 64-bit keys whose links lie inside the members. */
#include "table.h"

#include <stdlib.h>

static size_t bucket_count(const struct jgi_table *table)
{
    return table->buckets == NULL ? JGI_TABLE_SMALL : table->bucket_count;
}

/* Keys are counters, or random: the multiplication spreads both. */
static size_t bucket(uint64_t key, size_t count)
{
    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (count - 1);
}

static struct jgi_table_link **head(const struct jgi_table *table, uint64_t key)
{
    struct jgi_table *own = (struct jgi_table *)(uintptr_t)table;
    struct jgi_table_link **heads = own->buckets == NULL ? own->small : own->buckets;
    return &heads[bucket(key, bucket_count(own))];
}

static void grow(struct jgi_table *table)
{
    size_t count = bucket_count(table), wanted = count * 2;
    struct jgi_table_link **buckets = calloc(wanted, sizeof *buckets);
    if (buckets == NULL) return;
    struct jgi_table_link **old = table->buckets == NULL ? table->small : table->buckets;
    for (size_t i = 0; i < count; i++) {
        for (struct jgi_table_link *link = old[i], *next; link != NULL; link = next) {
            next = link->next;
            size_t place = bucket(link->key, wanted);
            link->next = buckets[place];
            buckets[place] = link;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = wanted;
}

void jgi_table_fini(struct jgi_table *table)
{
    free(table->buckets);
    *table = (struct jgi_table){0};
}

void jgi_table_add(struct jgi_table *table, struct jgi_table_link *link, uint64_t key)
{
    if (table->count >= bucket_count(table)) grow(table);
    struct jgi_table_link **first = head(table, key);
    link->key = key;
    link->next = *first;
    *first = link;
    table->count++;
}

struct jgi_table_link *jgi_table_find(const struct jgi_table *table, uint64_t key)
{
    struct jgi_table_link *link = *head(table, key);
    while (link != NULL && link->key != key)
        link = link->next;
    return link;
}

void jgi_table_remove(struct jgi_table *table, struct jgi_table_link *link)
{
    struct jgi_table_link **at = head(table, link->key);
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
    link->next = NULL;
    table->count--;
}

struct jgi_table_link *jgi_table_any(const struct jgi_table *table)
{
    struct jgi_table_link *const *heads = table->buckets == NULL ? table->small : table->buckets;
    for (size_t i = 0; i < bucket_count(table); i++)
        if (heads[i] != NULL) return heads[i];
    return NULL;
}
