/* SPDX-License-Identifier: MIT */
/* A doubly linked ring whose links lie inside the members; a list's head is a link of its own. */
#ifndef JOBGEN_BASE_LIST_H
#define JOBGEN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct jgi_link {
    struct jgi_link *next, *prev;
};

/* The struct that a link lies in. */
#define JGI_OWNER(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void jgi_list_init(struct jgi_link *link)
{
    link->next = link->prev = link;
}

static inline bool jgi_list_is_empty(const struct jgi_link *head)
{
    return head->next == head;
}

static inline void jgi_list_add_last(struct jgi_link *head, struct jgi_link *link)
{
    link->next = head;
    link->prev = head->prev;
    head->prev->next = link;
    head->prev = link;
}

static inline void jgi_list_add_first(struct jgi_link *head, struct jgi_link *link)
{
    jgi_list_add_last(head->next, link);
}

/* Also of a link that is in no list. */
static inline void jgi_list_remove(struct jgi_link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    jgi_list_init(link);
}

#endif
