/* SPDX-License-Identifier: MIT */
/* Parts of memfds that are sent straight from memory. A send cannot be taken back: so while one is
   under way the part stays mapped, and whoever could write to the file again is told only then. */
#ifndef JOBGEN_WIRE_SHEET_H
#define JOBGEN_WIRE_SHEET_H

#include <stddef.h>
#include <stdint.h>

struct jgi_sheet;

/* `size` bytes from `offset` on (seals the file against shrinking); closed as often as it was
   opened or held. NULL: they cannot be mapped, or the file ends before: read it. Threads: any, as
   below. */
struct jgi_sheet *jgi_sheet_open(int fd, uint64_t offset, size_t size);
struct jgi_sheet *jgi_sheet_hold(struct jgi_sheet *sheet);
void jgi_sheet_close(void *sheet);
const uint8_t *jgi_sheet_bytes(const struct jgi_sheet *sheet);

/* This process wants no more of the memfd: jgi_bulk_release, now or when its last sheet is closed.
 */
void jgi_sheet_release(int fd);

#endif
