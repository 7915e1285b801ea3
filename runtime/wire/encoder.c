/* SPDX-License-Identifier: MIT */
/* Checks arguments and packs messages; large arrays go into a memfd beside them. */
#include "codec_state.h"

#include "../base/fd.h"
#include "bulk_copy.h"
#include "member.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = JGI_BULK_PAGE, SEGMENTS_MAX = 200, MESSAGE_ALIGN = 16 };

void jgi_encoder_init(struct jgi_encoder *out, const struct jgi_job *job)
{
    out->job = job;
    out->trouble = (struct jgi_trouble){.status = JG_OK};
    out->payload = JGI_PAYLOAD_INIT;
    out->segment_capacity = 0;
    out->bulk = NULL;
    out->rooms = NULL;
    out->room_bytes = out->sent_bytes = 0;
    out->reading_count = 0;
    out->ranges = out->first_ranges;
    out->range_count = 0;
    out->range_capacity = JGI_RANGES_FIRST;
    jgi_rooms_init(&out->own_rooms);
    out->member_rooms = &out->own_rooms;
    out->unwanted = NULL;
    jgi_arena_init(&out->arena);
}

void jgi_encoder_fini(struct jgi_encoder *out, bool is_sent)
{
    jgi_mappings_fini(&out->rooms);
    /* Rooms are cleared before they are used again: not worth it where most of them stay empty. */
    if (out->bulk != NULL)
        jgi_bulk_put_back(out->bulk, is_sent, out->sent_bytes >= out->room_bytes / 2);
    jgi_payload_drop(&out->payload);
    jgi_rooms_fini(&out->own_rooms);
    for (struct jgi_owned *owned = out->unwanted; owned != NULL; owned = owned->next)
        free(owned->bytes);
    free(out->trouble.text);
    jgi_arena_fini(&out->arena);
}

jg_status jgi_encode_status(const struct jgi_encoder *out)
{
    return out->trouble.status;
}

static void no_memory(struct jgi_encoder *out)
{
    jgi_trouble_set(&out->trouble, JG_ENOMEM, "no memory for the values of job '%s'",
                    out->job->name);
}

static void *alloc(struct jgi_encoder *out, size_t size)
{
    void *bytes = jgi_arena_alloc(&out->arena, size, MESSAGE_ALIGN);
    if (bytes == NULL) no_memory(out);
    return bytes;
}

/* ---- the memfd ---- */

/* Where the next segment begins; false: trouble. */
static bool find_offset(struct jgi_encoder *out, uint64_t *ret_offset)
{
    struct jgi_payload *payload = &out->payload;
    if (payload->bulk_fd < 0) {
        out->bulk = jgi_bulk_take(&payload->bulk_fd);
        if (out->bulk == NULL) payload->bulk_fd = jgi_fd_memfd("jobgen-bulk");
        payload->bulk_size = PAGE; /* the first one is not for values */
    }
    if (payload->bulk_fd < 0) {
        no_memory(out);
        return false;
    }
    *ret_offset = (payload->bulk_size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    return true;
}

static bool add_segment(struct jgi_encoder *out, uint32_t field, uint64_t offset, size_t size)
{
    struct jgi_payload *payload = &out->payload;
    if (payload->segment_count == out->segment_capacity) {
        size_t capacity = out->segment_capacity == 0 ? 4 : out->segment_capacity * 2;
        struct jgi_segment *grown = realloc(payload->segments, capacity * sizeof *grown);
        if (grown == NULL) {
            no_memory(out);
            return false;
        }
        payload->segments = grown;
        out->segment_capacity = capacity;
    }
    payload->segments[payload->segment_count++] =
        (struct jgi_segment){.field = field, .offset = offset, .size = size};
    return true;
}

/* The same in a memfd that stays mapped; old bytes are cleared. NULL: it has no room for them. */
static void *reuse_at_end(struct jgi_encoder *out, size_t size, uint64_t offset)
{
    struct jgi_bulk *bulk = out->bulk;
    uint64_t end = offset + size;
    if (bulk == NULL || !jgi_bulk_grow(bulk, end)) return NULL;
    if (offset < bulk->written)
        memset(bulk->map + offset, 0,
               (size_t)((end < bulk->written ? end : bulk->written) - offset));
    if (end > bulk->written) bulk->written = end;
    return bulk->map + offset;
}

/* Maps `size` new bytes at the end of the memfd. */
static bool map_at_end(struct jgi_encoder *out, size_t size, struct jgi_mapping *ret_mapping)
{
    struct jgi_payload *payload = &out->payload;
    struct jgi_mapping mapping = {.size = size, .is_borrowed = true};
    if (!find_offset(out, &mapping.offset)) return false;
    uint64_t end = mapping.offset + size;
    mapping.address = reuse_at_end(out, size, mapping.offset);
    if (mapping.address == NULL) {
        mapping.is_borrowed = false;
        mapping.address = MAP_FAILED;
        if (ftruncate(payload->bulk_fd, (off_t)end) == 0)
            mapping.address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, payload->bulk_fd,
                                   (off_t)mapping.offset);
    }
    if (mapping.address == MAP_FAILED) {
        no_memory(out);
        return false;
    }
    payload->bulk_size = end;
    *ret_mapping = mapping;
    return true;
}

void *jgi_encoder_new_room(struct jgi_encoder *out, size_t size)
{
    if (size < JGI_BULK_MIN || out->payload.segment_count >= SEGMENTS_MAX) return NULL;
    struct jgi_mapping *room = alloc(out, sizeof *room);
    if (room == NULL || !map_at_end(out, size, room)) return NULL;
    room->next = out->rooms;
    out->rooms = room;
    out->room_bytes += size;
    return room->address;
}

static const struct jgi_mapping *find_room(const struct jgi_encoder *out, const void *address)
{
    const struct jgi_mapping *room = out->rooms;
    while (room != NULL && room->address != address)
        room = room->next;
    return room;
}

/* Copies into pages that are there; else the kernel copies, and makes them as it goes. */
static bool write_at(struct jgi_encoder *out, const void *array, size_t size, uint64_t offset)
{
    struct jgi_bulk *bulk = out->bulk;
    uint64_t end = offset + size;
    if (bulk != NULL && end <= bulk->written) {
        jgi_bulk_copy(bulk->map + offset, array, size);
        return true;
    }
    if (jgi_fd_pwrite_all(out->payload.bulk_fd, array, size, offset) != 0) return false;
    if (bulk != NULL && end <= bulk->window) {
        if (end > bulk->size) bulk->size = end;
        bulk->written = end;
    }
    return true;
}

static void send_beside(struct jgi_encoder *out, uint32_t field, const void *array, size_t size)
{
    uint64_t offset;
    if (!find_offset(out, &offset)) return;
    if (!write_at(out, array, size, offset)) {
        no_memory(out);
        return;
    }
    out->payload.bulk_size = offset + size;
    (void)add_segment(out, field, offset, size); /* the trouble is noted */
}

size_t jgi_send(struct jgi_encoder *out, const struct jgi_place *place, const void *array,
                size_t count)
{
    if (count == 0 || out->trouble.status != JG_OK) return 0;
    size_t size = count * place->element_size; /* checked before */
    const struct jgi_mapping *room = find_room(out, array);
    if (room != NULL) {
        out->sent_bytes += size;
        (void)add_segment(out, place->field, room->offset, size); /* the trouble is noted */
        return 0;
    }
    bool is_long = place->element == JGI_INT32 || place->element == JGI_UINT32;
    if (size < JGI_BULK_MIN || is_long || out->payload.segment_count >= SEGMENTS_MAX)
        return jgi_wire_count(place->element, count);
    send_beside(out, place->field, array, size);
    return 0;
}

/* ---- check ---- */

bool jgi_encoder_refuse(struct jgi_encoder *out, const struct jgi_place *place,
                        const struct jgi_scope *scope, const char *what)
{
    char *path = scope != NULL ? jgi_member_path(scope, place) : strdup(place->name);
    if (path == NULL)
        no_memory(out);
    else
        jgi_trouble_set(&out->trouble, JG_EARGS, "'%s%s' of job '%s' %s", path,
                        place->extent != NULL ? place->extent : "", out->job->name, what);
    free(path);
    return false;
}

static bool refuse(struct jgi_encoder *out, const struct jgi_place *place, const char *what)
{
    return jgi_encoder_refuse(out, place, NULL, what);
}

static void note_reading(struct jgi_encoder *out, struct jgi_reading reading)
{
    for (size_t i = 0; i < out->reading_count; i++)
        if (strcmp(out->readings[i].name, reading.name) == 0) return;
    if (out->reading_count < JGI_READINGS_MAX) out->readings[out->reading_count++] = reading;
}

int64_t jgi_read(struct jgi_encoder *out, const char *name, int64_t value)
{
    note_reading(out, (struct jgi_reading){name, value, false});
    return value;
}

int64_t jgi_read_unsigned(struct jgi_encoder *out, const char *name, uint64_t value)
{
    note_reading(out, (struct jgi_reading){name, (int64_t)value, true});
    return jgi_unsigned(value);
}

static int reading_compare(const void *left, const void *right)
{
    return strcmp(((const struct jgi_reading *)left)->name,
                  ((const struct jgi_reading *)right)->name);
}

/* Says what the extent has read, "(c is -1, r is 5)", in an order that no compiler chooses. */
static bool refuse_extent(struct jgi_encoder *out, const struct jgi_place *place,
                          const struct jgi_scope *scope, const char *what)
{
    char text[512];
    size_t length = (size_t)snprintf(text, sizeof text, "%s", what);
    qsort(out->readings, out->reading_count, sizeof *out->readings, reading_compare);
    for (size_t i = 0; i < out->reading_count && length + 2 < sizeof text; i++) {
        const struct jgi_reading *reading = &out->readings[i];
        const char *before = i == 0 ? " (" : ", ";
        length += (size_t)(reading->is_unsigned
                               ? snprintf(text + length, sizeof text - length, "%s%s is %" PRIu64,
                                          before, reading->name, (uint64_t)reading->value)
                               : snprintf(text + length, sizeof text - length, "%s%s is %" PRId64,
                                          before, reading->name, reading->value));
    }
    if (out->reading_count > 0 && length + 2 < sizeof text) memcpy(text + length, ")", 2);
    return jgi_encoder_refuse(out, place, scope, text);
}

bool jgi_encoder_check_count(struct jgi_encoder *out, const struct jgi_place *place,
                             const struct jgi_scope *scope, int64_t extent, size_t *ret_count)
{
    char what[64];
    if (extent == JGI_NO_NUMBER)
        return refuse_extent(out, place, scope, "has an extent that overflows or has no value");
    if (extent >= 0 && (uint64_t)extent <= (size_t)PTRDIFF_MAX / place->element_size) {
        *ret_count = (size_t)extent;
        return true;
    }
    (void)snprintf(what, sizeof what, "has an extent of %" PRId64 ": too %s", extent,
                   extent < 0 ? "small" : "large");
    if (out->reading_count == 1 && out->readings[0].value == extent) out->reading_count = 0;
    return refuse_extent(out, place, scope, what);
}

void jgi_encoder_free_later(struct jgi_encoder *out, void *memory)
{
    struct jgi_owned *owned = memory != NULL ? alloc(out, sizeof *owned) : NULL;
    if (owned == NULL) return;
    *owned = (struct jgi_owned){.next = out->unwanted, .bytes = memory};
    out->unwanted = owned;
}

bool jgi_encoder_note_range(struct jgi_encoder *out, const struct jgi_place *place,
                            const struct jgi_scope *scope, const void *pointer, size_t size)
{
    if (size == 0) return true;
    if (out->range_count == out->range_capacity) {
        struct jgi_range *grown = alloc(out, 2 * out->range_capacity * sizeof *grown);
        if (grown == NULL) return false;
        memcpy(grown, out->ranges, out->range_count * sizeof *grown);
        out->ranges = grown;
        out->range_capacity *= 2;
    }
    uintptr_t begin = (uintptr_t)pointer;
    out->ranges[out->range_count++] = (struct jgi_range){place, scope, begin, begin + size};
    return true;
}

static bool note_range(struct jgi_encoder *out, const struct jgi_place *place, const void *pointer,
                       size_t size)
{
    return jgi_encoder_note_range(out, place, NULL, pointer, size);
}

bool jgi_check_one(struct jgi_encoder *out, const struct jgi_place *place, const void *pointer)
{
    if (pointer == NULL && place->is_optional) return true;
    if (pointer == NULL) return refuse(out, place, "is NULL");
    return note_range(out, place, pointer, place->element_size);
}

bool jgi_check_receiver(struct jgi_encoder *out, const struct jgi_place *place, const void *to)
{
    if (to == NULL) return place->is_optional || refuse(out, place, "is NULL");
    return note_range(out, place, to, sizeof(void *));
}

bool jgi_check_string(struct jgi_encoder *out, const struct jgi_place *place, const void *text)
{
    if (text == NULL && place->is_optional) return true;
    if (text == NULL) return refuse(out, place, "is NULL");
    size_t length = strlen(text);
    if (length >= INT32_MAX) return refuse(out, place, "is a string of 2 GiB or more");
    return note_range(out, place, text, length + 1);
}

bool jgi_check_array(struct jgi_encoder *out, const struct jgi_place *place, const void *array,
                     int64_t extent, size_t *ret_count)
{
    char what[64];
    bool is_missing = array == NULL && place->is_optional;
    *ret_count = 0;
    if (!is_missing && !jgi_encoder_check_count(out, place, NULL, extent, ret_count)) return false;
    out->reading_count = 0;
    if (array == NULL && *ret_count > 0) {
        (void)snprintf(what, sizeof what, "is NULL, but %zu elements are read or written",
                       *ret_count);
        return refuse(out, place, what);
    }
    return note_range(out, place, array, *ret_count * place->element_size);
}

bool jgi_check_text(struct jgi_encoder *out, const struct jgi_place *place, const void *text,
                    int64_t extent, size_t *ret_room)
{
    if (!jgi_check_array(out, place, text, extent, ret_room)) return false;
    if (*ret_room == 0) return true;
    size_t length = strnlen(text, *ret_room);
    if (length == *ret_room) return refuse(out, place, "does not end within its room");
    if (length >= INT32_MAX) return refuse(out, place, "is a string of 2 GiB or more");
    return true;
}

bool jgi_check_strings(struct jgi_encoder *out, const struct jgi_place *place, const void *strings,
                       int64_t extent, size_t *ret_count)
{
    char what[64];
    const char *const *texts = strings;
    if (!jgi_check_array(out, place, strings, extent, ret_count)) return false;
    for (size_t i = 0; i < *ret_count; i++) {
        size_t length = texts[i] != NULL ? strlen(texts[i]) : 0;
        if (texts[i] == NULL || length >= INT32_MAX) {
            (void)snprintf(what, sizeof what, "has %s as string %zu",
                           texts[i] == NULL ? "NULL" : "2 GiB or more", i);
            return refuse(out, place, what);
        }
        if (!note_range(out, place, texts[i], length + 1)) return false;
    }
    return true;
}

static char *range_name(const struct jgi_range *range)
{
    return range->scope != NULL ? jgi_member_path(range->scope, range->place)
                                : strdup(range->place->name);
}

static bool refuse_overlap(struct jgi_encoder *out, const struct jgi_range *a,
                           const struct jgi_range *b)
{
    char *first = range_name(a), *second = range_name(b);
    if (first == NULL || second == NULL)
        no_memory(out);
    else
        jgi_trouble_set(&out->trouble, JG_EARGS,
                        "'%s' and '%s' of job '%s' overlap, and the job writes to '%s'", first,
                        second, out->job->name, a->place->is_written ? first : second);
    free(first);
    free(second);
    return false;
}

static int range_compare(const void *left, const void *right)
{
    const struct jgi_range *a = left, *b = right;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

/* In the order of their begins, each against the one before it that reaches farthest. */
bool jgi_check_overlap(struct jgi_encoder *out)
{
    const struct jgi_range *farthest = NULL, *written = NULL;
    if (out->range_count > 1)
        qsort(out->ranges, out->range_count, sizeof *out->ranges, range_compare);
    for (size_t i = 0; i < out->range_count; i++) {
        const struct jgi_range *range = &out->ranges[i];
        const struct jgi_range *before = range->place->is_written ? farthest : written;
        if (before != NULL && before->end > range->begin)
            return before->place->field <= range->place->field ? refuse_overlap(out, before, range)
                                                               : refuse_overlap(out, range, before);
        if (farthest == NULL || range->end > farthest->end) farthest = range;
        if (range->place->is_written && (written == NULL || range->end > written->end))
            written = range;
    }
    return true;
}

size_t jgi_count_owned(struct jgi_encoder *out, const struct jgi_place *place, const void *pointer,
                       int64_t extent)
{
    if (pointer == NULL || (extent < 0 && extent != JGI_NO_NUMBER)) return 0;
    size_t count = 0;
    return jgi_encoder_check_count(out, place, NULL, extent, &count) ? count : 0;
}

/* ---- put ---- */

static void *widen_16(struct jgi_encoder *out, enum jgi_element element, const void *array,
                      size_t count)
{
    int32_t *wide = alloc(out, count * sizeof *wide);
    for (size_t i = 0; wide != NULL && i < count; i++) {
        int16_t small;
        memcpy(&small, (const char *)array + i * sizeof small, sizeof small);
        wide[i] = element == JGI_INT16 ? small : (uint16_t)small;
    }
    return wide;
}

static void *widen_32(struct jgi_encoder *out, enum jgi_element element, const void *array,
                      size_t count)
{
    int64_t *wide = alloc(out, count * sizeof *wide);
    for (size_t i = 0; wide != NULL && i < count; i++) {
        int32_t small;
        memcpy(&small, (const char *)array + i * sizeof small, sizeof small);
        wide[i] = element == JGI_INT32 ? small : (int64_t)(uint32_t)small;
    }
    return wide;
}

void *jgi_widen(struct jgi_encoder *out, enum jgi_element element, const void *array, size_t count)
{
    if (count == 0) return NULL;
    bool is_16 = element == JGI_INT16 || element == JGI_UINT16;
    return is_16 ? widen_16(out, element, array, count) : widen_32(out, element, array, count);
}

void *jgi_put_record(struct jgi_encoder *out, const struct jgi_record *record, const void *from)
{
    void *message = alloc(out, record->message_size);
    if (message != NULL && from != NULL) record->put(out, from, message);
    return message;
}

void *jgi_put_records(struct jgi_encoder *out, const struct jgi_record *record, const void *from,
                      size_t count)
{
    void **messages = count > 0 ? alloc(out, count * sizeof *messages) : NULL;
    void *aligned = NULL;
    if (messages != NULL && (uintptr_t)from % record->align != 0) {
        aligned = jgi_arena_alloc(&out->arena, count * record->size, record->align);
        if (aligned == NULL) {
            no_memory(out);
            return NULL;
        }
        from = memcpy(aligned, from, count * record->size);
    }
    const char *at = from;
    for (size_t i = 0; messages != NULL && i < count; i++, at += record->size)
        messages[i] = jgi_put_record(out, record, at);
    return messages;
}

ProtobufCBinaryData *jgi_put_strings(struct jgi_encoder *out, const void *strings, size_t count)
{
    const char *const *texts = strings;
    ProtobufCBinaryData *data = count > 0 ? alloc(out, count * sizeof *data) : NULL;
    for (size_t i = 0; data != NULL && i < count; i++)
        data[i] = jgi_string(texts[i]);
    return data;
}

void *jgi_copy(struct jgi_encoder *out, const void *bytes, size_t size)
{
    void *copy = alloc(out, size);
    return copy != NULL ? memcpy(copy, bytes, size) : NULL;
}

ProtobufCBinaryData jgi_string(const void *text)
{
    return jgi_bytes(text, text != NULL ? strlen(text) : 0);
}

ProtobufCBinaryData jgi_text(const void *text, size_t room)
{
    return jgi_bytes(text, room > 0 ? strnlen(text, room) : 0);
}

void jgi_free(void *owned)
{
    free(owned);
}

jg_status jgi_encode(struct jgi_encoder *out, const ProtobufCMessage *message)
{
    struct jgi_payload *payload = &out->payload;
    if (out->trouble.status != JG_OK) return out->trouble.status;
    size_t size = protobuf_c_message_get_packed_size(message);
    if (size > INT32_MAX) {
        jgi_trouble_set(&out->trouble, JG_EARGS,
                        "structs and strings of job '%s' hold 2 GiB or more", out->job->name);
        return out->trouble.status;
    }
    if (size >= JGI_BULK_MIN) {
        struct jgi_mapping room, *mapped = &room;
        if (!map_at_end(out, size, &room)) return out->trouble.status;
        (void)protobuf_c_message_pack(message, room.address);
        (void)add_segment(out, 0, room.offset, size); /* the trouble is noted */
        jgi_mappings_fini(&mapped);
    } else if (size > 0) {
        payload->message = malloc(size);
        if (payload->message == NULL) {
            no_memory(out);
            return out->trouble.status;
        }
        payload->message_size = protobuf_c_message_pack(message, payload->message);
    }
    return out->trouble.status;
}
