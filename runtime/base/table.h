/* SPDX-License-Identifier: MIT */
/* A hash table by 64-bit keys whose links lie inside the members. Adding cannot fail: without
 * memory to grow it is only slower. */
#ifndef JOBGEN_BASE_TABLE_H
#define JOBGEN_BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct jgi_table_link {
    struct jgi_table_link *next;
    uint64_t key;
};

enum { JGI_TABLE_SMALL = 8 };

/* All zeros: an empty table. It may not be moved. */
struct jgi_table {
    struct jgi_table_link **buckets; /* NULL: small; owned */
    size_t bucket_count;             /* a power of 2; 0: small */
    size_t count;
    struct jgi_table_link *small[JGI_TABLE_SMALL];
};

/* Frees what the table owns; the members are their owner's. */
void jgi_table_fini(struct jgi_table *table);

/* The key must not be there yet. */
void jgi_table_add(struct jgi_table *table, struct jgi_table_link *link, uint64_t key);

/* NULL: not there. */
struct jgi_table_link *jgi_table_find(const struct jgi_table *table, uint64_t key);

/* The link must be there. */
void jgi_table_remove(struct jgi_table *table, struct jgi_table_link *link);

/* Some member, for taking all out one by one; NULL: empty. */
struct jgi_table_link *jgi_table_any(const struct jgi_table *table);

#endif
