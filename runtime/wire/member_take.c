/* SPDX-License-Identifier: MIT */
/* What members refer to, out of messages: the worker takes, the caller is given.
 *
 * Both work out themselves how many elements there have to be, from what the struct says, before
 * memory is allocated for them. The caller's structs come back with the pointers that they had. */
#include "codec_state.h"
#include "member.h"

#include <string.h>

enum { MESSAGE_ALIGN = 16 };

static void broken(struct jgi_decoder *in, const struct jgi_member *member,
                   const struct jgi_scope *scope, const char *what)
{
    char *path = jgi_member_path(scope, &member->place);
    if (path == NULL)
        jgi_decoder_no_memory(in);
    else
        jgi_trouble_set(&in->trouble, JG_EPROTOCOL, "the message of job '%s' is broken: '%s' %s",
                        in->job->name, path, what);
    free(path);
}

/* The receiver's own number of elements; false: the other side had to refuse it. */
static bool work_out(struct jgi_decoder *in, const struct jgi_member *member,
                     const struct jgi_scope *scope, size_t *ret_count)
{
    int64_t extent = member->extent != NULL ? member->extent(scope) : 1;
    if (extent < 0 || (uint64_t)extent > (size_t)PTRDIFF_MAX / member->place.element_size) {
        broken(in, member, scope, "has an extent that is no number of elements");
        return false;
    }
    *ret_count = (size_t)extent;
    return true;
}

static bool has_nul(struct jgi_elements text)
{
    return text.count > 0 && memchr(text.elements, '\0', text.count) != NULL;
}

/* The struct's own functions have made sure that there are as many messages. */
static bool find_messages(struct jgi_decoder *in, const struct jgi_member *member,
                          const struct jgi_scope *scope, const void *message,
                          const void **ret_messages)
{
    *ret_messages = jgi_member_messages(message, member);
    if (!member->is_array || jgi_member_elements(message, member).count == member->here_count)
        return true;
    broken(in, member, scope, "has another number of elements than it should");
    return false;
}

/* ---- take ---- */

static void take_records(struct jgi_decoder *in, struct jgi_scope base, void *records,
                         const void *messages, size_t count);

static char *take_text(struct jgi_decoder *in, const struct jgi_member *member,
                       const struct jgi_scope *scope, struct jgi_elements text, size_t *ret_room)
{
    *ret_room = text.count + 1;
    if (member->extent != NULL && !work_out(in, member, scope, ret_room)) return NULL;
    if ((text.count > 0 && text.count >= *ret_room) || has_nul(text)) {
        broken(in, member, scope, "is no string that its room can hold");
        return NULL;
    }
    char *room = jgi_decoder_zalloc(in, *ret_room, 1);
    if (room != NULL && text.count > 0) memcpy(room, text.elements, text.count);
    return room;
}

/* The elements; of those that only come out, zeroed room for them. */
static void *take_elements(struct jgi_decoder *in, const struct jgi_member *member,
                           const struct jgi_scope *scope, struct jgi_elements elements,
                           size_t *ret_count)
{
    const struct jgi_place *place = &member->place;
    if (member->kind == JGI_TEXT) return take_text(in, member, scope, elements, ret_count);
    if (!work_out(in, member, scope, ret_count)) return NULL;
    if (elements.count != (member->is_read ? jgi_wire_count(place->element, *ret_count) : 0)) {
        broken(in, member, scope, "has another number of elements than it should");
        return NULL;
    }
    if (member->kind == JGI_STRINGS)
        return jgi_decoder_strings(in, elements.elements, elements.count);
    if (member->is_read) return jgi_decoder_convert(in, place, elements.elements, *ret_count);
    return jgi_decoder_zalloc(in, *ret_count * place->element_size,
                              place->record != NULL ? place->record->align : MESSAGE_ALIGN);
}

/* What the job may hand to realloc and free; the decoder frees it unless the job gets it. */
static void *own(struct jgi_decoder *in, const struct jgi_member *member, const void *memory,
                 size_t count)
{
    size_t size = count * member->place.element_size;
    void *owned = jgi_decoder_own(in, size, 1);
    if (owned != NULL && size > 0) memcpy(owned, memory, size);
    for (size_t i = 0; owned != NULL && member->kind == JGI_STRINGS && i < count; i++) {
        char *string = ((char *const *)memory)[i];
        ((char **)owned)[i] = jgi_decoder_own_text(in, jgi_string(string));
    }
    return owned;
}

static void take_pointer(struct jgi_decoder *in, const struct jgi_member *member,
                         const struct jgi_scope *scope, void *record, const void *message)
{
    struct jgi_elements elements = jgi_member_elements(message, member);
    uint64_t at = jgi_member_at(message, member);
    bool is_given = member->is_owned && !member->is_read;
    void *memory = NULL;
    size_t count = 0;
    if (at > 1 || (at == 0 && elements.count > 0) || (at == 1 && is_given)) {
        broken(in, member, scope, "is told wrongly");
        return;
    }
    if (at == 0 && !is_given && !member->place.is_optional &&
        (member->extent == NULL || !work_out(in, member, scope, &count) || count > 0)) {
        broken(in, member, scope, "is NULL");
        return;
    }
    if (at == 1) memory = take_elements(in, member, scope, elements, &count);
    if (memory != NULL && in->trouble.status == JG_OK && member->is_owned)
        memory = own(in, member, memory, count);
    if (in->trouble.status != JG_OK) return;
    jgi_member_set_pointer(record, member, memory);
    size_t room = jgi_rooms_add(in->member_rooms, member, memory, count);
    if (room == SIZE_MAX) {
        jgi_decoder_no_memory(in);
        return;
    }
    if (memory == NULL || !member->is_read || !jgi_has_members(&member->place)) return;
    take_records(in, jgi_scope_behind(scope, member), memory, elements.elements, count);
    jgi_rooms_close(in->member_rooms, room);
}

static void take_records(struct jgi_decoder *in, struct jgi_scope base, void *records,
                         const void *messages, size_t count)
{
    const struct jgi_record *record = base.place->record;
    const void *const *message = messages;
    for (size_t i = 0; i < count && in->trouble.status == JG_OK; i++) {
        char *at = (char *)records + i * record->size;
        base.index = i;
        base.record = at;
        for (size_t m = 0; m < record->member_count && in->trouble.status == JG_OK; m++) {
            const struct jgi_member *member = &record->members[m];
            const void *inner;
            if (member->kind != JGI_HERE)
                take_pointer(in, member, &base, at, message[i]);
            else if (find_messages(in, member, &base, message[i], &inner))
                take_records(in, jgi_scope_behind(&base, member), at + member->offset, inner,
                             member->here_count);
        }
    }
}

void jgi_take_members(struct jgi_decoder *in, const struct jgi_place *place, const void *args,
                      void *records, const void *messages, size_t count)
{
    if (records == NULL || in->trouble.status != JG_OK) return;
    size_t room = jgi_rooms_add(in->member_rooms, place, NULL, count);
    if (room == SIZE_MAX) {
        jgi_decoder_no_memory(in);
        return;
    }
    take_records(in, jgi_scope_root(place, args), records, messages, count);
    jgi_rooms_close(in->member_rooms, room);
}

/* ---- give ---- */

static void give_records(struct jgi_decoder *in, struct jgi_scope base, bool is_new, void *records,
                         const void *messages, size_t count);

/* What the caller has allocated, and the job was to free or to use again. */
static void free_room(struct jgi_decoder *in, const struct jgi_room *room)
{
    const struct jgi_room *end = in->member_rooms->rooms + room->behind;
    for (const struct jgi_room *at = room; at != end; at++) {
        const struct jgi_member *member = at->what;
        for (size_t i = 0; member->kind == JGI_STRINGS && i < at->count; i++)
            jgi_decoder_free_later(in, ((char **)at->memory)[i]);
        jgi_decoder_free_later(in, at->memory);
    }
}

/* The room that owned memory has to have, and the elements of it that come. */
static bool count_owned(const struct jgi_member *member, const struct jgi_scope *scope, size_t came,
                        size_t *ret_room, size_t *ret_used)
{
    *ret_used = *ret_room = came;
    if (member->kind == JGI_TEXT) {
        *ret_room = came + 1;
        return true;
    }
    if (member->is_far) return true;
    int64_t extent = member->extent != NULL ? member->extent(scope) : 1;
    if (extent == JGI_NO_NUMBER ||
        (extent > 0 && (uint64_t)extent > (size_t)PTRDIFF_MAX / member->place.element_size))
        return false;
    *ret_room = extent < 0 ? 0 : (size_t)extent;
    *ret_used = member->used != NULL ? jgi_count_after(member->used(scope), *ret_room) : *ret_room;
    return *ret_used == came;
}

static void fill_owned(struct jgi_decoder *in, const struct jgi_member *member,
                       const struct jgi_scope *scope, struct jgi_elements elements, size_t count,
                       void *memory)
{
    const struct jgi_place *place = &member->place;
    if (member->kind == JGI_STRINGS) {
        for (size_t i = 0; i < count; i++)
            ((char **)memory)[i] =
                jgi_decoder_own_text(in, ((const ProtobufCBinaryData *)elements.elements)[i]);
        return;
    }
    const void *from = count > 0 ? jgi_decoder_convert(in, place, elements.elements, count) : NULL;
    if (from != NULL && in->trouble.status == JG_OK)
        memcpy(memory, from, count * place->element_size);
    if (jgi_has_members(place))
        give_records(in, jgi_scope_behind(scope, member), true, memory, elements.elements, count);
}

static size_t align_of(const struct jgi_member *member)
{
    return member->place.record != NULL ? member->place.record->align : 1;
}

static void give_owned(struct jgi_decoder *in, const struct jgi_member *member,
                       const struct jgi_scope *scope, const struct jgi_room *room, void *record,
                       const void *message)
{
    struct jgi_elements elements = jgi_member_elements(message, member);
    uint64_t at = jgi_member_at(message, member);
    size_t came = elements.count / jgi_wire_count(member->place.element, 1), capacity = 0, used = 0;
    if (at > 1 || (at == 0 && elements.count > 0) ||
        (member->kind == JGI_TEXT && has_nul(elements)) ||
        elements.count != jgi_wire_count(member->place.element, came) ||
        (at == 1 && !count_owned(member, scope, came, &capacity, &used))) {
        broken(in, member, scope, "has another number of elements than it should");
        return;
    }
    bool is_plain = member->kind != JGI_STRINGS && !jgi_has_members(&member->place);
    bool is_kept =
        at == 1 && is_plain && room != NULL && room->memory != NULL && capacity <= room->count;
    void *memory = NULL;
    if (is_kept) {
        const void *values = jgi_decoder_convert(in, &member->place, elements.elements, used);
        jgi_give(in, room->memory, values, used * member->place.element_size);
        if (member->kind == JGI_TEXT) jgi_give(in, (char *)room->memory + used, "", 1);
        memory = room->memory;
    } else if (at == 1) {
        memory = jgi_decoder_own(in, capacity * member->place.element_size, align_of(member));
        if (memory != NULL) fill_owned(in, member, scope, elements, used, memory);
    }
    if (room != NULL && !is_kept) free_room(in, room);
    jgi_member_set_pointer(record, member, memory);
}

/* The elements that come back into the caller's room. */
static bool check_came(struct jgi_decoder *in, const struct jgi_member *member,
                       const struct jgi_scope *scope, const struct jgi_room *room,
                       struct jgi_elements elements, size_t *ret_count)
{
    size_t came = elements.count / jgi_wire_count(member->place.element, 1), expected = came;
    bool is_text = member->kind == JGI_TEXT;
    if (member->is_answered && jgi_has_members(&member->place))
        expected = room->count;
    else if (!member->place.is_written)
        expected = 0;
    else if (member->used != NULL && !member->is_far)
        expected = jgi_count_after(member->used(scope), room->count);
    else if (member->extent != NULL && !is_text && !member->is_far)
        expected = jgi_count_after(member->extent(scope), room->count);
    else if (!is_text && !member->is_far)
        expected = room->count;
    *ret_count = came;
    if (came == expected && came <= room->count &&
        elements.count == jgi_wire_count(member->place.element, came) &&
        !(is_text && has_nul(elements)))
        return true;
    broken(in, member, scope, "has another number of elements than it should");
    return false;
}

/* A string that the job left alone is not written: with the caller it may be a literal. */
static bool is_there(const struct jgi_room *room, struct jgi_elements text, size_t count)
{
    const char *memory = room->memory;
    return count < room->count && memory[count] == '\0' &&
           (count == 0 || memcmp(memory, text.elements, count) == 0);
}

static void give_memory(struct jgi_decoder *in, const struct jgi_member *member,
                        const struct jgi_scope *scope, const struct jgi_room *room,
                        struct jgi_elements elements)
{
    const struct jgi_place *place = &member->place;
    bool has_inner = member->is_answered && jgi_has_members(place);
    size_t count;
    if (!check_came(in, member, scope, room, elements, &count)) return;
    if (member->kind == JGI_TEXT && is_there(room, elements, count)) {
        /* nothing to do */
    } else if (member->kind == JGI_TEXT && place->is_written) {
        jgi_give(in, room->memory, elements.elements, count);
        if (count < room->count) jgi_give(in, (char *)room->memory + count, "", 1);
    } else if (count > 0) {
        void *values = jgi_decoder_convert(in, place, elements.elements, count);
        if (values == NULL || in->trouble.status != JG_OK) return;
        if (has_inner)
            give_records(in, jgi_scope_behind(scope, member), false, values, elements.elements,
                         count);
        if (place->is_written) jgi_give(in, room->memory, values, count * place->element_size);
    }
    if (!has_inner) in->member_rooms->at = room->behind;
}

static void give_pointer(struct jgi_decoder *in, const struct jgi_member *member,
                         const struct jgi_scope *scope, bool is_new, void *record,
                         const void *message)
{
    const struct jgi_room *room = is_new ? NULL : jgi_rooms_next(in->member_rooms, member);
    uint64_t at = jgi_member_at(message, member);
    if (member->is_owned) {
        if (room != NULL) in->member_rooms->at = room->behind;
        give_owned(in, member, scope, room, record, message);
        return;
    }
    size_t size = room != NULL ? room->count * member->place.element_size : 0;
    if (room == NULL || (at > 0 && (room->memory == NULL || at - 1 > size ||
                                    (at - 1) % member->place.element_size != 0))) {
        broken(in, member, scope, "points outside of its memory");
        return;
    }
    jgi_member_set_pointer(record, member, at > 0 ? (char *)room->memory + (at - 1) : NULL);
    give_memory(in, member, scope, room, jgi_member_elements(message, member));
}

static void give_records(struct jgi_decoder *in, struct jgi_scope base, bool is_new, void *records,
                         const void *messages, size_t count)
{
    const struct jgi_record *record = base.place->record;
    const void *const *message = messages;
    for (size_t i = 0; i < count && in->trouble.status == JG_OK; i++) {
        char *at = (char *)records + i * record->size;
        base.index = i;
        base.record = at;
        for (size_t m = 0; m < record->member_count && in->trouble.status == JG_OK; m++) {
            const struct jgi_member *member = &record->members[m];
            const void *inner;
            if (member->kind != JGI_HERE)
                give_pointer(in, member, &base, is_new, at, message[i]);
            else if (find_messages(in, member, &base, message[i], &inner))
                give_records(in, jgi_scope_behind(&base, member), is_new, at + member->offset,
                             inner, member->here_count);
        }
    }
}

void jgi_give_members(struct jgi_decoder *in, const struct jgi_place *place, const void *args,
                      const void *records, const void *messages, size_t count)
{
    if (records == NULL || in->trouble.status != JG_OK) return;
    bool is_new = in->member_rooms == NULL || !jgi_rooms_seek(in->member_rooms, place);
    give_records(in, jgi_scope_root(place, args), is_new, (void *)records, messages, count);
}
