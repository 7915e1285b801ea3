/* SPDX-License-Identifier: MIT */
/* One array, in the order of the members. */
#include "rooms.h"

#include <stdlib.h>

enum { ROOMS_FIRST = 16 };

void jgi_rooms_init(struct jgi_rooms *rooms)
{
    *rooms = (struct jgi_rooms){.rooms = NULL};
}

void jgi_rooms_fini(struct jgi_rooms *rooms)
{
    free(rooms->rooms);
    jgi_rooms_init(rooms);
}

size_t jgi_rooms_add(struct jgi_rooms *rooms, const void *what, void *memory, size_t count)
{
    if (rooms->count == rooms->capacity) {
        size_t capacity = rooms->capacity > 0 ? rooms->capacity * 2 : ROOMS_FIRST;
        struct jgi_room *grown = reallocarray(rooms->rooms, capacity, sizeof *grown);
        if (grown == NULL) return SIZE_MAX;
        rooms->rooms = grown;
        rooms->capacity = capacity;
    }
    size_t room = rooms->count++;
    rooms->rooms[room] =
        (struct jgi_room){.what = what, .memory = memory, .count = count, .behind = room + 1};
    return room;
}

void jgi_rooms_close(struct jgi_rooms *rooms, size_t room)
{
    rooms->rooms[room].behind = rooms->count;
}

bool jgi_rooms_seek(struct jgi_rooms *rooms, const struct jgi_place *place)
{
    size_t at = 0;
    while (at < rooms->count && rooms->rooms[at].what != place)
        at = rooms->rooms[at].behind;
    rooms->at = at + 1;
    return at < rooms->count;
}

const struct jgi_room *jgi_rooms_next(struct jgi_rooms *rooms, const struct jgi_member *member)
{
    if (rooms->at >= rooms->count || rooms->rooms[rooms->at].what != member) return NULL;
    return &rooms->rooms[rooms->at++];
}
