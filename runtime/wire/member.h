/* SPDX-License-Identifier: MIT */
/* Reading and writing one member, by its table, in a struct and in its message. */
#ifndef JOBGEN_WIRE_MEMBER_H
#define JOBGEN_WIRE_MEMBER_H

#include <jobgen/member.h>

#include <stdlib.h>
#include <string.h>

/* As protobuf-c has a repeated field, and bytes. */
struct jgi_elements {
    size_t count;
    void *elements;
};

/* "set->rows[3].data", malloc'ed; NULL: no memory. */
char *jgi_member_path(const struct jgi_scope *scope, const struct jgi_place *place);

static inline bool jgi_has_members(const struct jgi_place *place)
{
    return place->record != NULL && place->record->member_count > 0;
}

/* Of what a parameter, or the result, refers to. */
static inline struct jgi_scope jgi_scope_root(const struct jgi_place *place, const void *args)
{
    return (struct jgi_scope){
        .place = place, .is_one = place->extent == NULL, .is_here = place->is_here, .args = args};
}

/* Of what a member refers to, or has in it. */
static inline struct jgi_scope jgi_scope_behind(const struct jgi_scope *scope,
                                                const struct jgi_member *member)
{
    return (struct jgi_scope){.up = scope,
                              .place = &member->place,
                              .is_one = member->kind == JGI_HERE ? !member->is_array
                                                                 : member->extent == NULL,
                              .is_here = member->kind == JGI_HERE,
                              .args = scope->args,
                              .value = scope->value};
}

static inline void *jgi_member_pointer(const void *record, const struct jgi_member *member)
{
    void *pointer; /* of a packed struct it may be anywhere */
    memcpy(&pointer, (const char *)record + member->offset, sizeof pointer);
    return pointer;
}

static inline void jgi_member_set_pointer(void *record, const struct jgi_member *member,
                                          const void *pointer)
{
    memcpy((char *)record + member->offset, &pointer, sizeof pointer);
}

static inline uint64_t jgi_member_at(const void *message, const struct jgi_member *member)
{
    uint64_t at;
    memcpy(&at, (const char *)message + member->at, sizeof at);
    return at;
}

static inline void jgi_member_set_at(void *message, const struct jgi_member *member, uint64_t at)
{
    memcpy((char *)message + member->at, &at, sizeof at);
}

static inline struct jgi_elements jgi_member_elements(const void *message,
                                                      const struct jgi_member *member)
{
    struct jgi_elements elements;
    memcpy(&elements, (const char *)message + member->elements, sizeof elements);
    return elements;
}

static inline void jgi_member_set_elements(void *message, const struct jgi_member *member,
                                           struct jgi_elements elements)
{
    memcpy((char *)message + member->elements, &elements, sizeof elements);
}

/* JGI_HERE: where the pointers to the messages are. */
static inline const void *jgi_member_messages(const void *message, const struct jgi_member *member)
{
    if (!member->is_array) return (const char *)message + member->elements;
    return jgi_member_elements(message, member).elements;
}

#endif
