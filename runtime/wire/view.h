/* SPDX-License-Identifier: MIT */
/* Memfds that others write to, seen as memory. One that comes again and again stays mapped: its
 * page tables cost as much as copying half of it does. */
#ifndef JOBGEN_WIRE_VIEW_H
#define JOBGEN_WIRE_VIEW_H

#include <stddef.h>
#include <stdint.h>

struct jgi_view {
    uint8_t *map; /* NULL: none */
    size_t size;
    int place; /* in the cache; -1: it goes when it is closed */
};

/* The first `size` bytes of the memfd (which is sealed against shrinking); other sides may change
 * them. Without a map on trouble. Threads: any. */
struct jgi_view jgi_view_open(int fd, size_t size);
/* The same to be written to, which nobody else sees: where that was done it goes when it is closed.
 */
struct jgi_view jgi_view_open_private(int fd, size_t size);
void jgi_view_close(struct jgi_view *view);

#endif
