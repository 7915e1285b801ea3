/* SPDX-License-Identifier: MIT */
/* The directory where a node keeps the programs that came, each under its SHA-256; and, as *.part,
   those that are on their way. Nodes of one user may share it: what is locked is in somebody's use,
   and nobody removes it. */
#ifndef JOBGEN_NODE_STORE_H
#define JOBGEN_NODE_STORE_H

#include <stdbool.h>
#include <stdint.h>

struct jgi_store {
    const char *path;  /* borrowed */
    uint64_t size_max; /* of all that is in it */
};

/* What it may take where nobody has said it: 10 GiB, at most half of the disk. */
uint64_t jgi_store_default(const char *path);

/* Where this program is, malloc'ed; with a size: where it comes. NULL: no memory. */
char *jgi_store_name(const struct jgi_store *store, const uint8_t *digest);
char *jgi_store_name_part(const struct jgi_store *store, const uint8_t *digest, uint64_t size);

/* Opens a program that is there: it counts as used now, and stays as long as this is open. -1 with
   errno; ENOENT: it is not there, or is being removed. */
int jgi_store_hold(const char *name);
/* Opens a part, made if it is new, for this process alone, and tells how much of it is here. -1
   with errno; EAGAIN: it is another's, or just went to its place. */
int jgi_store_hold_part(const char *name, uint64_t *ret_size);

/* Makes room for so many bytes more: parts that nobody has written for a day go, then what nobody
   uses, what was used longest ago first. False: there is none. */
bool jgi_store_make_room(const struct jgi_store *store, uint64_t size);
/* The disk is full: removes so many bytes at least of what nobody uses. False: there is nothing. */
bool jgi_store_shed(const struct jgi_store *store, uint64_t size);

#endif
