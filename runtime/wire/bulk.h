/* SPDX-License-Identifier: MIT */
/* Memfds that a process writes to again and again: new pages cost several times what copying into
 * them does.
 *
 * The first page belongs to nobody's values; its first word says whether somebody may still read
 * the file. It is set by who takes the memfd, and cleared by who has read it, in whatever process:
 * the worker behind its run, the caller behind its get. Where it is never cleared the memfd is not
 * used again. Whoever wants to run arguments a second time after a run has ended needs a copy. */
#ifndef JOBGEN_WIRE_BULK_H
#define JOBGEN_WIRE_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../base/fd.h"

enum { JGI_BULK_PAGE = 4096 };

struct jgi_bulk {
    struct jgi_file_id id;
    uint8_t *map; /* the file and what it may grow to */
    uint64_t window;
    uint64_t size;    /* of the file */
    uint64_t written; /* up to here there are pages, with bytes of earlier uses */
    int fd;
    int payload_fd; /* the copy of `fd` that a payload owns; -1: none */
    bool is_taken;
    bool is_unwanted;    /* goes as soon as nobody holds it */
    unsigned hold_count; /* reads and writes of the map that are under way */
};

/* One that nobody else uses, and a copy of its descriptor for a payload; NULL: there is none, use a
 * plain memfd. Threads: any. */
struct jgi_bulk *jgi_bulk_take(int *ret_payload_fd);

/* Makes the file that large. False: no memory, or beyond the window. */
bool jgi_bulk_grow(struct jgi_bulk *bulk, uint64_t size);

/* Gives it back; `is_sent`: a reader will release it. `is_kept`: worth being used again. */
void jgi_bulk_put_back(struct jgi_bulk *bulk, bool is_sent, bool is_kept);

/* While something reads or writes its map that cannot be stopped at once: it is neither unmapped
 * nor used again before each hold has been let go, whoever puts it back meanwhile. */
void jgi_bulk_hold(struct jgi_bulk *bulk);
/* The one of this memfd, held; NULL: it is none of ours any more, or not so large. */
struct jgi_bulk *jgi_bulk_hold_memfd(int fd, uint64_t size);
void jgi_bulk_let_go(struct jgi_bulk *bulk);

/* A payload has closed this descriptor. */
void jgi_bulk_forget(int payload_fd);

/* This process has read all that it wants of the memfd. */
void jgi_bulk_release(int fd);

#endif
