/* SPDX-License-Identifier: MIT */
/* Values out of messages: into the memory of a run, or to the caller.
 *
 * Arrays must have the number of elements that the receiver works out itself. What the caller is
 * given is noted first, and copied when all has been checked. */
#include "codec_state.h"

#include "bulk_copy.h"
#include "view.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MESSAGE_ALIGN = 16, VIEW_MIN = 256 * 1024 /* smaller ones are read */ };

static void broken_place(struct jgi_decoder *in, const struct jgi_place *place, const char *what)
{
    jgi_trouble_set(&in->trouble, JG_EPROTOCOL, "the message of job '%s' is broken: '%s' %s",
                    in->job->name, place->name, what);
}

static void *alloc(struct jgi_decoder *in, size_t size, size_t align)
{
    void *bytes = jgi_arena_alloc(&in->arena, size, align);
    if (bytes == NULL) jgi_decoder_no_memory(in);
    return bytes;
}

void *jgi_decoder_zalloc(struct jgi_decoder *in, size_t size, size_t align)
{
    void *bytes = jgi_arena_zalloc(&in->arena, size, align);
    if (bytes == NULL) jgi_decoder_no_memory(in);
    return bytes;
}

/* Whether much of the memfd is used: then all of it is worth being kept mapped. */
static bool is_worth_view(const struct jgi_decoder *in)
{
    uint64_t used = 0;
    for (size_t i = 0; i < in->payload->segment_count; i++)
        used += in->payload->segments[i].size;
    return used >= VIEW_MIN && used >= in->file_size / 4 && in->file_size <= SIZE_MAX;
}

/* The job may write to it, and nobody else is to see that. */
static void *map_segment(struct jgi_decoder *in, const struct jgi_segment *segment)
{
    if (in->input_view.map == NULL && is_worth_view(in))
        in->input_view = jgi_view_open_private(in->payload->bulk_fd, (size_t)in->file_size);
    if (in->input_view.map != NULL) return in->input_view.map + segment->offset;
    struct jgi_mapping *mapping = alloc(in, sizeof *mapping, _Alignof(struct jgi_mapping));
    if (mapping == NULL) return NULL;
    *mapping = (struct jgi_mapping){.offset = segment->offset, .size = segment->size};
    mapping->address = mmap(NULL, mapping->size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
                            in->payload->bulk_fd, (off_t)segment->offset);
    if (mapping->address == MAP_FAILED) {
        jgi_decoder_no_memory(in);
        return NULL;
    }
    mapping->next = in->inputs;
    in->inputs = mapping;
    return mapping->address;
}

/* ---- single values ---- */

#define DEFINE_NARROW(name, type, wide, least, most)                                               \
    type name(struct jgi_decoder *in, wide value)                                                  \
    {                                                                                              \
        if (value < (least) || value > (most)) jgi_decoder_broken(in, "a value is out of range");  \
        return (type)value;                                                                        \
    }

DEFINE_NARROW(jgi_int8, int8_t, int32_t, INT8_MIN, INT8_MAX)
DEFINE_NARROW(jgi_int16, int16_t, int32_t, INT16_MIN, INT16_MAX)
DEFINE_NARROW(jgi_int32, int32_t, int64_t, INT32_MIN, INT32_MAX)
DEFINE_NARROW(jgi_char, char, int32_t, CHAR_MIN, CHAR_MAX)

uint8_t jgi_uint8(struct jgi_decoder *in, uint32_t value)
{
    if (value > UINT8_MAX) jgi_decoder_broken(in, "a value is out of range");
    return (uint8_t)value;
}

uint16_t jgi_uint16(struct jgi_decoder *in, uint32_t value)
{
    if (value > UINT16_MAX) jgi_decoder_broken(in, "a value is out of range");
    return (uint16_t)value;
}

uint32_t jgi_uint32(struct jgi_decoder *in, uint64_t value)
{
    if (value > UINT32_MAX) jgi_decoder_broken(in, "a value is out of range");
    return (uint32_t)value;
}

int64_t jgi_signed_bits(struct jgi_decoder *in, int64_t value, unsigned width)
{
    int64_t most = (int64_t)((UINT64_C(1) << (width - 1)) - 1);
    if (value > most || value < -most - 1) jgi_decoder_broken(in, "a value is out of range");
    return value;
}

uint64_t jgi_unsigned_bits(struct jgi_decoder *in, uint64_t value, unsigned width)
{
    if (width < 64 && value >> width != 0) jgi_decoder_broken(in, "a value is out of range");
    return value;
}

int64_t jgi_char_bits(struct jgi_decoder *in, int64_t value, unsigned width)
{
    if (CHAR_MIN < 0) return jgi_signed_bits(in, value, width);
    return (int64_t)jgi_unsigned_bits(in, (uint64_t)value, width);
}

/* ---- elements ---- */

static bool are_bools(const uint8_t *bytes, size_t count)
{
    uint8_t all = 0;
    for (size_t i = 0; i < count; i++)
        all |= bytes[i];
    return all <= 1;
}

static bool is_wide(enum jgi_element element)
{
    return element == JGI_INT16 || element == JGI_UINT16 || element == JGI_INT32 ||
           element == JGI_UINT32;
}

/* Elements from the message's, which have twice the bits. */
static void narrow(struct jgi_decoder *in, enum jgi_element element, const void *elements,
                   size_t count, void *to)
{
#define NARROW(small_type, wide_type)                                                              \
    for (size_t i = 0; i < count; i++) {                                                           \
        wide_type value = ((const wide_type *)elements)[i];                                        \
        small_type small = (small_type)value;                                                      \
        is_out |= small != value;                                                                  \
        memcpy((char *)to + i * sizeof small, &small, sizeof small);                               \
    }
    bool is_out = false;
    if (element == JGI_INT16) {
        NARROW(int16_t, int32_t)
    } else if (element == JGI_UINT16) {
        NARROW(uint16_t, uint32_t)
    } else if (element == JGI_INT32) {
        NARROW(int32_t, int64_t)
    } else {
        NARROW(uint32_t, uint64_t)
    }
#undef NARROW
    if (is_out) jgi_decoder_broken(in, "a value is out of range");
}

void jgi_get_array(struct jgi_decoder *in, enum jgi_element element, const void *elements,
                   size_t count, void *to, size_t to_count, size_t size)
{
    if (count != jgi_wire_count(element, to_count)) {
        jgi_decoder_broken(in, "an array in a struct has another size");
        return;
    }
    if (is_wide(element)) {
        narrow(in, element, elements, count, to);
        return;
    }
    if (element == JGI_BOOL && !are_bools(elements, count)) {
        jgi_decoder_broken(in, "a bool is neither true nor false");
        return;
    }
    memcpy(to, elements, to_count * size);
}

void jgi_get_records(struct jgi_decoder *in, const struct jgi_record *record, const void *messages,
                     size_t count, void *to, size_t to_count)
{
    const void *const *from = messages;
    if (count != to_count) {
        jgi_decoder_broken(in, "an array in a struct has another size");
        return;
    }
    void *aligned = NULL;
    if ((uintptr_t)to % record->align != 0) {
        aligned = alloc(in, record->size, record->align);
        if (aligned == NULL) return;
    }
    for (size_t i = 0; i < count; i++) {
        char *at = (char *)to + i * record->size;
        record->get(in, from[i], aligned != NULL ? aligned : at);
        if (aligned != NULL) memcpy(at, aligned, record->size);
    }
}

/* The elements of an array as memory has them, from a message; `place` says how they are there. */
void *jgi_decoder_convert(struct jgi_decoder *in, const struct jgi_place *place,
                          const void *elements, size_t count)
{
    void *to = NULL;
    switch (place->element) {
    case JGI_BOOL:
        if (!are_bools(elements, count)) broken_place(in, place, "holds a bool that is none");
        break;
    case JGI_INT16:
    case JGI_UINT16:
    case JGI_INT32:
    case JGI_UINT32:
        to = alloc(in, count * place->element_size, place->element_size);
        if (to != NULL) narrow(in, place->element, elements, count, to);
        return to;
    case JGI_RECORD:
        /* `count` messages are there, so their number is bounded. */
        to = jgi_decoder_zalloc(in, count * place->record->size, place->record->align);
        if (to != NULL) jgi_get_records(in, place->record, elements, count, to, count);
        return to;
    case JGI_PLAIN:
    case JGI_COMPLEX:
        break;
    }
    /* Not NULL, though nothing can be read there. */
    return count > 0 ? (void *)elements : alloc(in, 1, MESSAGE_ALIGN);
}

/* Whether the message has as many elements as it should; *ret_segment: they are beside it. */
static bool check_elements(struct jgi_decoder *in, const struct jgi_place *place, size_t expected,
                           size_t count, const struct jgi_segment **ret_segment)
{
    const struct jgi_segment *segment =
        place->element == JGI_RECORD ? NULL : jgi_decoder_segment(in, place->field);
    size_t inside = segment != NULL ? 0 : jgi_wire_count(place->element, expected);
    if (in->trouble.status != JG_OK) return false;
    if (count != inside || (segment != NULL && segment->size != expected * place->element_size)) {
        broken_place(in, place, "has another number of elements than it should");
        return false;
    }
    *ret_segment = segment;
    return true;
}

/* The receiver's own number of elements; false: the other side had to refuse it. */
static bool take_count(struct jgi_decoder *in, const struct jgi_place *place, int64_t extent,
                       size_t *ret_count)
{
    if (in->trouble.status != JG_OK) return false;
    if (extent < 0 || (uint64_t)extent > (size_t)PTRDIFF_MAX / place->element_size) {
        broken_place(in, place, "has an extent that is no number of elements");
        return false;
    }
    *ret_count = (size_t)extent;
    return true;
}

/* ---- take ---- */

void *jgi_take_string(struct jgi_decoder *in, ProtobufCBinaryData text)
{
    if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL) {
        jgi_decoder_broken(in, "a string has a NUL inside");
        return NULL;
    }
    char *copy = alloc(in, text.len + 1, 1);
    if (copy == NULL) return NULL;
    if (text.len > 0) memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

void *jgi_decoder_strings(struct jgi_decoder *in, const ProtobufCBinaryData *strings, size_t count)
{
    char **texts = alloc(in, (count + 1) * sizeof *texts, _Alignof(char *));
    if (texts == NULL) return NULL;
    for (size_t i = 0; i < count; i++)
        texts[i] = jgi_take_string(in, strings[i]);
    texts[count] = NULL;
    return texts;
}

void *jgi_take_strings(struct jgi_decoder *in, const struct jgi_place *place,
                       const ProtobufCBinaryData *strings, size_t count, int64_t extent,
                       size_t *ret_count)
{
    size_t expected = 0;
    *ret_count = 0;
    if (!take_count(in, place, extent, &expected)) return NULL;
    if (count != expected) {
        broken_place(in, place, "has another number of strings than it should");
        return NULL;
    }
    *ret_count = count;
    return jgi_decoder_strings(in, strings, count);
}

void *jgi_take_text(struct jgi_decoder *in, const struct jgi_place *place, ProtobufCBinaryData text,
                    int64_t extent, size_t *ret_room)
{
    *ret_room = 0;
    if (!take_count(in, place, extent, ret_room)) return NULL;
    if (text.len > 0 && text.len >= *ret_room) {
        broken_place(in, place, "is longer than its room");
        return NULL;
    }
    char *room = jgi_decoder_zalloc(in, *ret_room, 1);
    if (room != NULL && text.len > 0) memcpy(room, text.data, text.len);
    return room;
}

void *jgi_take_array(struct jgi_decoder *in, const struct jgi_place *place, const void *elements,
                     size_t count, int64_t extent, size_t *ret_count)
{
    const struct jgi_segment *segment;
    size_t expected = 0;
    *ret_count = 0;
    if (!take_count(in, place, extent, &expected)) return NULL;
    if (!check_elements(in, place, expected, count, &segment)) return NULL;
    void *array = segment != NULL ? map_segment(in, segment)
                                  : jgi_decoder_convert(in, place, elements, count);
    if (segment != NULL && array != NULL && place->element == JGI_BOOL &&
        !are_bools(array, expected))
        broken_place(in, place, "holds a bool that is none");
    if (array != NULL) *ret_count = expected;
    return array;
}

void *jgi_take_record(struct jgi_decoder *in, const struct jgi_record *record, const void *message)
{
    if (message == NULL) {
        jgi_decoder_broken(in, "a struct is missing");
        return NULL;
    }
    void *to = jgi_decoder_zalloc(in, record->size, record->align);
    if (to != NULL) record->get(in, message, to);
    return to;
}

void *jgi_new_room(struct jgi_decoder *in, const struct jgi_place *place, int64_t extent,
                   size_t *ret_count)
{
    size_t count = 0;
    bool is_number = take_count(in, place, extent, &count);
    if (ret_count != NULL) *ret_count = count;
    if (!is_number) return NULL;
    size_t size = count * place->element_size;
    bool is_sent = place->element != JGI_RECORD && place->element != JGI_INT32 &&
                   place->element != JGI_UINT32; /* the bytes as they are */
    void *room = is_sent ? jgi_encoder_new_room(in->out, size) : NULL;
    if (room != NULL || in->out->trouble.status != JG_OK) {
        if (room == NULL) jgi_decoder_no_memory(in);
        return room;
    }
    return jgi_decoder_zalloc(in, size,
                              place->element == JGI_RECORD ? place->record->align : MESSAGE_ALIGN);
}

/* ---- give ---- */

static void add_gift(struct jgi_decoder *in, struct jgi_gift gift)
{
    if (in->trouble.status != JG_OK || gift.size == 0) return;
    if (in->gift_count == in->gift_capacity) {
        struct jgi_gift *grown =
            alloc(in, 2 * in->gift_capacity * sizeof *grown, _Alignof(struct jgi_gift));
        if (grown == NULL) return;
        memcpy(grown, in->gifts, in->gift_count * sizeof *grown);
        in->gifts = grown;
        in->gift_capacity *= 2;
    }
    in->gifts[in->gift_count++] = gift;
}

void jgi_give(struct jgi_decoder *in, void *to, const void *from, size_t size)
{
    if (to != NULL) add_gift(in, (struct jgi_gift){.to = to, .from = from, .size = size});
}

void jgi_give_text(struct jgi_decoder *in, const struct jgi_place *place, void *to, size_t room,
                   ProtobufCBinaryData text)
{
    if (text.len > room) {
        broken_place(in, place, "is longer than its room");
        return;
    }
    jgi_give(in, to, text.data, text.len);
    if (text.len < room) jgi_give(in, to + text.len, "", 1);
}

/* Bools in the memfd are looked at first, in memory of their own. */
static const void *read_bools(struct jgi_decoder *in, const struct jgi_place *place,
                              const struct jgi_segment *segment)
{
    void *bytes = alloc(in, segment->size, 1);
    if (bytes == NULL) return NULL;
    jgi_decoder_read(in, segment, bytes);
    if (in->trouble.status == JG_OK && !are_bools(bytes, segment->size))
        broken_place(in, place, "holds a bool that is none");
    return bytes;
}

const void *jgi_give_array(struct jgi_decoder *in, const struct jgi_place *place, void *to,
                           size_t expected, const void *elements, size_t count)
{
    const struct jgi_segment *segment;
    size_t size = expected * place->element_size;
    if (!check_elements(in, place, expected, count, &segment)) return NULL;
    if (segment == NULL) {
        const void *values = jgi_decoder_convert(in, place, elements, count);
        jgi_give(in, to, values, size);
        return values;
    }
    if (place->element == JGI_BOOL)
        jgi_give(in, to, read_bools(in, place, segment), size);
    else
        add_gift(in, (struct jgi_gift){.to = to, .offset = segment->offset, .size = size});
    return NULL;
}

const void *jgi_give_record(struct jgi_decoder *in, const struct jgi_record *record, void *to,
                            const void *message)
{
    if (message == NULL && to == NULL) return NULL; /* it was optional */
    void *value = jgi_take_record(in, record, message);
    if (value != NULL) jgi_give(in, to, value, record->size);
    return value;
}

void *jgi_decoder_own(struct jgi_decoder *in, size_t size, size_t align)
{
    struct jgi_owned *owned = jgi_decoder_zalloc(in, sizeof *owned, _Alignof(struct jgi_owned));
    if (owned == NULL) return NULL;
    if (size == 0) size = 1;
    if (align <= _Alignof(max_align_t))
        owned->bytes = calloc(1, size);
    else if (size <= SIZE_MAX - align)
        owned->bytes = aligned_alloc(align, (size + align - 1) / align * align);
    if (owned->bytes == NULL) {
        jgi_decoder_no_memory(in);
        return NULL;
    }
    if (align > _Alignof(max_align_t)) memset(owned->bytes, 0, size);
    owned->next = in->owned;
    in->owned = owned;
    return owned->bytes;
}

char *jgi_decoder_own_text(struct jgi_decoder *in, ProtobufCBinaryData text)
{
    if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL) {
        jgi_decoder_broken(in, "a string has a NUL inside");
        return NULL;
    }
    char *copy = jgi_decoder_own(in, text.len + 1, 1);
    if (copy != NULL && text.len > 0) memcpy(copy, text.data, text.len);
    return copy;
}

void jgi_decoder_free_later(struct jgi_decoder *in, void *memory)
{
    if (memory == NULL) return;
    struct jgi_owned *owned = jgi_decoder_zalloc(in, sizeof *owned, _Alignof(struct jgi_owned));
    if (owned == NULL) return;
    *owned = (struct jgi_owned){.next = in->unwanted, .bytes = memory};
    in->unwanted = owned;
}

/* *ret_value gets it with the gifts. */
static void *new_owned(struct jgi_decoder *in, void *ret_value, size_t size, size_t align)
{
    void **pointer = jgi_decoder_zalloc(in, sizeof *pointer, _Alignof(void *));
    if (pointer == NULL) return NULL;
    *pointer = jgi_decoder_own(in, size, align);
    if (*pointer != NULL) jgi_give(in, ret_value, pointer, sizeof *pointer);
    return *pointer;
}

static void give_null(struct jgi_decoder *in, void *ret_value)
{
    static void *const null = NULL;
    jgi_give(in, ret_value, &null, sizeof null);
}

static void fill_owned(struct jgi_decoder *in, const struct jgi_place *place,
                       const struct jgi_segment *segment, const void *elements, size_t count,
                       void *to, size_t expected)
{
    if (segment == NULL) {
        const void *from = jgi_decoder_convert(in, place, elements, count);
        if (from != NULL) memcpy(to, from, expected * place->element_size);
        return;
    }
    jgi_decoder_read(in, segment, to);
    if (place->element == JGI_BOOL && in->trouble.status == JG_OK && !are_bools(to, segment->size))
        broken_place(in, place, "holds a bool that is none");
}

void *jgi_give_owned(struct jgi_decoder *in, const struct jgi_place *place, void *ret_value,
                     bool is_there, int64_t extent, const void *elements, size_t count)
{
    const struct jgi_segment *segment;
    size_t expected = 0;
    if (is_there &&
        !take_count(in, place, extent < 0 && extent != JGI_NO_NUMBER ? 0 : extent, &expected))
        return NULL;
    if (!check_elements(in, place, expected, count, &segment)) return NULL;
    if (!is_there) give_null(in, ret_value);
    if (!is_there || ret_value == NULL) return NULL;
    size_t align = place->record != NULL ? place->record->align : 1;
    void *to = new_owned(in, ret_value, expected * place->element_size, align);
    if (to != NULL) fill_owned(in, place, segment, elements, count, to, expected);
    return to;
}

void jgi_give_owned_string(struct jgi_decoder *in, void *ret_value, bool is_there,
                           ProtobufCBinaryData text)
{
    if (in->trouble.status != JG_OK) return;
    if (!is_there) {
        give_null(in, ret_value);
        return;
    }
    if (ret_value == NULL) return;
    char *to = new_owned(in, ret_value, text.len + 1, 1);
    if (to == NULL) return;
    if (text.len > 0) memcpy(to, text.data, text.len);
    to[text.len] = '\0';
}

/* Copies what lies in the memfd. What is read there may change meanwhile, but is there. */
static void copy_segments(struct jgi_decoder *in, struct jgi_view *view)
{
    for (size_t i = 0; i < in->gift_count && in->trouble.status == JG_OK; i++) {
        const struct jgi_gift *gift = &in->gifts[i];
        struct jgi_segment segment = {.offset = gift->offset, .size = gift->size};
        if (gift->from != NULL) continue;
        if (view->map == NULL && segment.size >= VIEW_MIN)
            *view = jgi_view_open(in->payload->bulk_fd, (size_t)in->file_size);
        if (view->map != NULL)
            jgi_bulk_copy(gift->to, view->map + segment.offset, gift->size);
        else
            jgi_decoder_read(in, &segment, gift->to);
    }
}

jg_status jgi_decode_end(struct jgi_decoder *in)
{
    struct jgi_view view = {.map = NULL};
    copy_segments(in, &view);
    jgi_view_close(&view);
    if (in->trouble.status != JG_OK) return in->trouble.status;
    for (size_t i = 0; i < in->gift_count; i++)
        if (in->gifts[i].from != NULL)
            memcpy(in->gifts[i].to, in->gifts[i].from, in->gifts[i].size);
    in->owned = NULL; /* the caller's now */
    for (struct jgi_owned *owned = in->unwanted; owned != NULL; owned = owned->next)
        free(owned->bytes);
    in->unwanted = NULL;
    return JG_OK;
}
