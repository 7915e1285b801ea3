/* SPDX-License-Identifier: MIT */
/* What members refer to, into messages: the caller checks and puts, the worker answers.
 *
 * Check notes each pointer in a list of rooms; put and answer go through the same members in the
 * same order and take the rooms from there. What lies behind a pointer that does not go in is not
 * looked at: the job allocates it, and there is no room. */
#include "codec_state.h"
#include "member.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void no_memory(struct jgi_encoder *out)
{
    jgi_trouble_set(&out->trouble, JG_ENOMEM, "no memory for the values of job '%s'",
                    out->job->name);
}

static bool refuse(struct jgi_encoder *out, const struct jgi_member *member,
                   const struct jgi_scope *scope, const char *what)
{
    return jgi_encoder_refuse(out, &member->place, scope, what);
}

/* ---- check ---- */

static bool check_records(struct jgi_encoder *out, struct jgi_scope base, const void *records,
                          size_t count);

static bool check_null(struct jgi_encoder *out, const struct jgi_member *member,
                       const struct jgi_scope *scope, int64_t extent)
{
    char what[64];
    size_t count = 0;
    if (member->place.is_optional) return true;
    if (member->extent == NULL) return refuse(out, member, scope, "is NULL");
    if (!jgi_encoder_check_count(out, &member->place, scope, extent, &count)) return false;
    if (count == 0) return true;
    (void)snprintf(what, sizeof what, "is NULL, but %zu elements are read or written", count);
    return refuse(out, member, scope, what);
}

/* A string: with the room it has, or all that it takes. */
static bool check_text(struct jgi_encoder *out, const struct jgi_member *member,
                       const struct jgi_scope *scope, const char *text, size_t *count)
{
    size_t length = member->extent != NULL ? strnlen(text, *count) : strlen(text);
    if (member->extent == NULL)
        *count = length + 1;
    else if (member->is_read && *count > 0 && length == *count)
        return refuse(out, member, scope, "does not end within its room");
    return length < INT32_MAX || refuse(out, member, scope, "is a string of 2 GiB or more");
}

static bool check_strings(struct jgi_encoder *out, const struct jgi_member *member,
                          const struct jgi_scope *scope, const char *const *strings, size_t count)
{
    char what[64];
    for (size_t i = 0; i < count; i++) {
        size_t length = strings[i] != NULL ? strlen(strings[i]) : 0;
        if (strings[i] == NULL || length >= INT32_MAX) {
            (void)snprintf(what, sizeof what, "has %s as string %zu",
                           strings[i] == NULL ? "NULL" : "2 GiB or more", i);
            return refuse(out, member, scope, what);
        }
        if (!jgi_encoder_note_range(out, &member->place, scope, strings[i], length + 1))
            return false;
    }
    return true;
}

/* What a pointer that is not NULL refers to. */
static bool check_memory(struct jgi_encoder *out, const struct jgi_member *member,
                         const struct jgi_scope *scope, void *memory, int64_t extent)
{
    size_t count = 1;
    if (member->extent != NULL &&
        !jgi_encoder_check_count(out, &member->place, scope, extent, &count))
        return false;
    if (member->kind == JGI_TEXT && !check_text(out, member, scope, memory, &count)) return false;
    if (!jgi_encoder_note_range(out, &member->place, scope, memory,
                                count * member->place.element_size))
        return false;
    size_t room = jgi_rooms_add(out->member_rooms, member, memory, count);
    if (room == SIZE_MAX) {
        no_memory(out);
        return false;
    }
    if (member->kind == JGI_STRINGS && !check_strings(out, member, scope, memory, count))
        return false;
    if (!member->is_read || !jgi_has_members(&member->place)) return true;
    struct jgi_scope inner = {.up = scope,
                              .place = &member->place,
                              .is_one = member->extent == NULL,
                              .args = scope->args};
    if (!check_records(out, inner, memory, count)) return false;
    jgi_rooms_close(out->member_rooms, room);
    return true;
}

static bool check_member(struct jgi_encoder *out, const struct jgi_member *member,
                         const struct jgi_scope *scope)
{
    if (member->kind == JGI_HERE) {
        struct jgi_scope inner = {.up = scope,
                                  .place = &member->place,
                                  .is_one = !member->is_array,
                                  .is_here = true,
                                  .args = scope->args};
        return check_records(out, inner, (const char *)scope->record + member->offset,
                             member->here_count);
    }
    void *memory = jgi_member_pointer(scope->record, member);
    if (member->is_owned && !member->is_read && memory != NULL)
        return refuse(out, member, scope, "is not NULL, but the job is to allocate it");
    bool is_given = member->is_owned && !member->is_read;
    out->reading_count = 0;
    int64_t extent = member->extent != NULL && !is_given ? member->extent(scope) : 0;
    if (memory != NULL) return check_memory(out, member, scope, memory, extent);
    if (!is_given && !check_null(out, member, scope, extent)) return false;
    if (jgi_rooms_add(out->member_rooms, member, NULL, 0) != SIZE_MAX) return true;
    no_memory(out);
    return false;
}

static bool check_records(struct jgi_encoder *out, struct jgi_scope base, const void *records,
                          size_t count)
{
    const struct jgi_record *record = base.place->record;
    for (size_t i = 0; i < count; i++) {
        /* Ranges that overlap are told by it later. */
        struct jgi_scope *scope =
            jgi_arena_alloc(&out->arena, sizeof *scope, _Alignof(struct jgi_scope));
        if (scope == NULL) {
            no_memory(out);
            return false;
        }
        *scope = base;
        scope->out = out;
        scope->index = i;
        scope->record = (const char *)records + i * record->size;
        for (size_t m = 0; m < record->member_count; m++)
            if (!check_member(out, &record->members[m], scope)) return false;
    }
    return true;
}

bool jgi_check_members(struct jgi_encoder *out, const struct jgi_place *place, const void *args,
                       const void *records, size_t count)
{
    if (records == NULL) return true;
    size_t room = jgi_rooms_add(out->member_rooms, place, NULL, count);
    if (room == SIZE_MAX) {
        no_memory(out);
        return false;
    }
    if (!check_records(out, jgi_scope_root(place, args), records, count)) return false;
    jgi_rooms_close(out->member_rooms, room);
    return true;
}

/* ---- put ---- */

/* The elements as the message has them. */
static struct jgi_elements put_elements(struct jgi_encoder *out, const struct jgi_member *member,
                                        void *memory, size_t count)
{
    const struct jgi_place *place = &member->place;
    struct jgi_elements elements = {count, memory};
    if (count == 0) return (struct jgi_elements){0, NULL};
    if (member->kind == JGI_TEXT)
        elements.count = strnlen(memory, count);
    else if (member->kind == JGI_STRINGS)
        elements.elements = jgi_put_strings(out, memory, count);
    else if (place->element == JGI_RECORD)
        elements.elements = jgi_put_records(out, place->record, memory, count);
    else {
        elements.count = jgi_wire_count(place->element, count);
        if (place->element != JGI_PLAIN && place->element != JGI_BOOL &&
            place->element != JGI_COMPLEX)
            elements.elements = jgi_widen(out, place->element, memory, count);
    }
    if (elements.elements == NULL) elements.count = 0; /* no memory, which is noted */
    return elements;
}

static void put_records(struct jgi_encoder *out, struct jgi_scope base, const void *records,
                        const void *messages, size_t count);

static void put_member(struct jgi_encoder *out, const struct jgi_member *member,
                       const struct jgi_scope *scope, void *message)
{
    if (member->kind == JGI_HERE) {
        put_records(out, jgi_scope_behind(scope, member),
                    (const char *)scope->record + member->offset,
                    jgi_member_messages(message, member), member->here_count);
        return;
    }
    const struct jgi_room *room = jgi_rooms_next(out->member_rooms, member);
    if (room == NULL) return; /* cannot be: it was noted */
    jgi_member_set_at(message, member, room->memory != NULL);
    if (!member->is_read || room->memory == NULL) return;
    struct jgi_elements elements = put_elements(out, member, room->memory, room->count);
    jgi_member_set_elements(message, member, elements);
    if (jgi_has_members(&member->place))
        put_records(out, jgi_scope_behind(scope, member), room->memory, elements.elements,
                    elements.count);
}

static void put_records(struct jgi_encoder *out, struct jgi_scope base, const void *records,
                        const void *messages, size_t count)
{
    const struct jgi_record *record = base.place->record;
    void *const *message = messages;
    for (size_t i = 0; i < count && out->trouble.status == JG_OK; i++) {
        base.index = i;
        base.record = (const char *)records + i * record->size;
        for (size_t m = 0; m < record->member_count; m++)
            put_member(out, &record->members[m], &base, message[i]);
    }
}

void jgi_put_members(struct jgi_encoder *out, const struct jgi_place *place, const void *args,
                     const void *records, const void *messages, size_t count)
{
    if (records == NULL || out->trouble.status != JG_OK) return;
    (void)jgi_rooms_seek(out->member_rooms, place);
    put_records(out, jgi_scope_root(place, args), records, messages, count);
}

/* ---- answer ---- */

static void answer_records(struct jgi_encoder *out, struct jgi_scope base, bool is_new,
                           const void *records, const void *messages, size_t count);

/* The elements that come back of `room` of them. */
static size_t count_used(const struct jgi_member *member, const struct jgi_scope *scope,
                         size_t room)
{
    return member->used != NULL ? jgi_count_after(member->used(scope), room) : room;
}

/* After the call, by what the struct says then; false: more than there is room for. */
static bool count_after(struct jgi_encoder *out, const struct jgi_member *member,
                        const struct jgi_scope *scope, size_t room, size_t *ret_count)
{
    char what[96];
    *ret_count = member->used != NULL ? count_used(member, scope, room) : room;
    if (member->used != NULL || member->extent == NULL || member->kind == JGI_TEXT) return true;
    int64_t extent = member->extent(scope);
    if (extent == JGI_NO_NUMBER)
        return refuse(out, member, scope,
                      "has an extent after the call that overflows or has no value");
    *ret_count = extent < 0 ? 0 : (size_t)extent;
    if (extent < 0 || (uint64_t)extent <= room) return true;
    if (jgi_member_pointer(scope->record, member) == NULL) { /* none, whatever the struct says */
        *ret_count = room;
        return true;
    }
    (void)snprintf(what, sizeof what,
                   "has an extent of %" PRId64 " after the call, and room for %zu", extent, room);
    return refuse(out, member, scope, what);
}

/* Memory that the job has allocated; it is freed when the message is packed. */
static void answer_owned(struct jgi_encoder *out, const struct jgi_member *member,
                         const struct jgi_scope *scope, void *message)
{
    void *memory = jgi_member_pointer(scope->record, member);
    size_t room = 1;
    jgi_member_set_at(message, member, memory != NULL);
    if (memory == NULL) return;
    jgi_encoder_free_later(out, memory);
    if (member->kind == JGI_TEXT) {
        room = strlen(memory) + 1;
    } else if (member->extent != NULL) {
        int64_t extent = member->extent(scope);
        if (extent < 0 && extent != JGI_NO_NUMBER) extent = 0;
        if (!jgi_encoder_check_count(out, &member->place, scope, extent, &room)) return;
    }
    struct jgi_elements elements =
        put_elements(out, member, memory, count_used(member, scope, room));
    jgi_member_set_elements(message, member, elements);
    for (size_t i = 0; member->kind == JGI_STRINGS && i < elements.count; i++) {
        char *string = ((char **)memory)[i];
        if (string == NULL) (void)refuse(out, member, scope, "has NULL among its strings");
        jgi_encoder_free_later(out, string);
    }
    if (jgi_has_members(&member->place))
        answer_records(out, jgi_scope_behind(scope, member), true, memory, elements.elements,
                       elements.count);
}

/* How far the job has moved the pointer within its memory. */
static bool answer_pointer(struct jgi_encoder *out, const struct jgi_member *member,
                           const struct jgi_scope *scope, const struct jgi_room *room,
                           void *message)
{
    uintptr_t now = (uintptr_t)jgi_member_pointer(scope->record, member);
    uintptr_t then = (uintptr_t)room->memory;
    size_t size = room->count * member->place.element_size;
    if (now != 0 && (then == 0 || now < then || now - then > size ||
                     (now - then) % member->place.element_size != 0))
        return refuse(out, member, scope,
                      "points to other memory after the call, which stays with the job");
    jgi_member_set_at(message, member, now != 0 ? 1 + (now - then) : 0);
    return true;
}

static void answer_member(struct jgi_encoder *out, const struct jgi_member *member,
                          const struct jgi_scope *scope, bool is_new, void *message)
{
    size_t count = 0;
    if (member->kind == JGI_HERE) {
        answer_records(out, jgi_scope_behind(scope, member), is_new,
                       (const char *)scope->record + member->offset,
                       jgi_member_messages(message, member), member->here_count);
        return;
    }
    const struct jgi_room *room = is_new ? NULL : jgi_rooms_next(out->member_rooms, member);
    if (member->is_owned) {
        if (room != NULL) out->member_rooms->at = room->behind;
        answer_owned(out, member, scope, message);
        return;
    }
    if (room == NULL || !answer_pointer(out, member, scope, room, message)) return;
    if (member->place.is_written && !count_after(out, member, scope, room->count, &count)) return;
    /* Structs with members come back all: what is behind the others may be new, too. */
    if (member->is_answered && jgi_has_members(&member->place)) count = room->count;
    struct jgi_elements elements = put_elements(out, member, room->memory, count);
    jgi_member_set_elements(message, member, elements);
    if (member->is_answered && jgi_has_members(&member->place))
        answer_records(out, jgi_scope_behind(scope, member), false, room->memory, elements.elements,
                       elements.count);
    else
        out->member_rooms->at = room->behind;
}

static void answer_records(struct jgi_encoder *out, struct jgi_scope base, bool is_new,
                           const void *records, const void *messages, size_t count)
{
    const struct jgi_record *record = base.place->record;
    void *const *message = messages;
    for (size_t i = 0; i < count && out->trouble.status == JG_OK; i++) {
        base.index = i;
        base.record = (const char *)records + i * record->size;
        for (size_t m = 0; m < record->member_count; m++)
            answer_member(out, &record->members[m], &base, is_new, message[i]);
    }
}

void jgi_answer_members(struct jgi_encoder *out, const struct jgi_place *place, const void *args,
                        const void *value, const void *records, const void *messages, size_t count)
{
    struct jgi_scope scope = jgi_scope_root(place, args);
    if (records == NULL || out->trouble.status != JG_OK) return;
    scope.value = value;
    bool is_new = !jgi_rooms_seek(out->member_rooms, place);
    answer_records(out, scope, is_new, records, messages, count);
}
