/* SPDX-License-Identifier: MIT */
/* What pointers within structs refer to, noted in the order in which they are gone through, so that
 * what comes back later finds its place. */
#ifndef JOBGEN_WIRE_ROOMS_H
#define JOBGEN_WIRE_ROOMS_H

#include <jobgen/member.h>

struct jgi_room {
    const void *what; /* a struct jgi_member, or the struct jgi_place that its structs lie in */
    void *memory;
    size_t count;  /* elements */
    size_t behind; /* the first room that does not lie in this one's elements */
};

struct jgi_rooms {
    struct jgi_room *rooms;
    size_t count, capacity;
    size_t at; /* next one to be looked at */
};

void jgi_rooms_init(struct jgi_rooms *rooms);
void jgi_rooms_fini(struct jgi_rooms *rooms);

/* The room's index; SIZE_MAX: no memory. */
size_t jgi_rooms_add(struct jgi_rooms *rooms, const void *what, void *memory, size_t count);

/* All rooms within it have been added. */
void jgi_rooms_close(struct jgi_rooms *rooms, size_t room);

/* Goes to the first room of a parameter; false: it has none. */
bool jgi_rooms_seek(struct jgi_rooms *rooms, const struct jgi_place *place);

/* The next room; NULL: it is another member's. */
const struct jgi_room *jgi_rooms_next(struct jgi_rooms *rooms, const struct jgi_member *member);

#endif
