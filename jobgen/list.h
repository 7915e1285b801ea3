/* SPDX-License-Identifier: MIT */
/* A list that grows, of items of one type. All zero is an empty one; `items` is freed by its owner.
 */
#ifndef JOBGEN_LIST_H
#define JOBGEN_LIST_H

#include "arena.h"

#include <stddef.h>

struct list {
    void *items;
    size_t count, capacity;
};

static inline void *list_add(struct list *list, size_t item_bytes)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 32;
        list->items = memory_grow(list->items, list->capacity * item_bytes);
    }
    return (char *)list->items + item_bytes * list->count++;
}
#define LIST_ADD(list, type) (*(type *)list_add(list, sizeof(type)))
#define LIST_AT(list, type, index) (((type *)(list)->items)[index])

#endif
