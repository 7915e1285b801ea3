/* SPDX-License-Identifier: MIT */
/* Frames as messages and back. The protobuf part is unpacked into an arena that holds a bounded
   multiple of what came, and then checked field by field. */
#include "message.h"

#include "../base/text.h"
#include "brief.h"
#include "frame.h"
#include "link.pb-c.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY_PER_BYTE = 32, MEMORY_ALWAYS = 4096, NAME_MAX_SIZE = 255, TEXT_MAX_SIZE = 64 * 1024 };

static void put_u32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_u32(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

/* What of a message is in the head; 0 and NULL are left out. */
#define SET_NUMBER(field, value)                                                                   \
    do {                                                                                           \
        head->has_##field = (value) != 0;                                                          \
        head->field = (value);                                                                     \
    } while (0)
#define SET_BYTES(field, value, length)                                                            \
    do {                                                                                           \
        head->has_##field = (value) != NULL;                                                       \
        head->field.data = (uint8_t *)(uintptr_t)(value);                                          \
        head->field.len = (length);                                                                \
    } while (0)
#define SET_TEXT(field, value) (head->field = (char *)(uintptr_t)(value))

static void fill_hello(Jgi__Head *head, const struct jgi_message *message)
{
    SET_NUMBER(version_min, message->version_min);
    SET_NUMBER(version_max, message->version_max);
    SET_NUMBER(role, message->role);
    SET_NUMBER(incarnation, message->incarnation);
    SET_NUMBER(session, message->session);
    SET_NUMBER(dial_count, message->dial_count);
    SET_BYTES(nonce, message->nonce, JGI_NONCE_SIZE);
    SET_BYTES(proof, message->proof, JGI_PROOF_SIZE);
    SET_TEXT(name, message->name);
    SET_NUMBER(credits, message->credits);
    SET_NUMBER(revision, message->revision);
    SET_NUMBER(period_ms, message->period_ms);
}

static void fill_start(Jgi__Head *head, const struct jgi_message *message)
{
    SET_BYTES(program, message->program, JGI_DIGEST_SIZE);
    SET_NUMBER(job, message->job);
    SET_TEXT(job_name, message->job_name);
    SET_NUMBER(reuse, message->is_reuse);
    SET_NUMBER(nested, message->is_nested);
    SET_NUMBER(remote, message->is_remote);
    SET_NUMBER(tagged, message->is_tagged);
    SET_NUMBER(time_left_ms, message->time_left_ms);
    SET_NUMBER(set_interval_ms, message->set_interval_ms);
    SET_NUMBER(limit_ms, message->limit_ms);
    SET_NUMBER(bulk_size, message->bulk_size);
}

static void fill(Jgi__Head *head, const struct jgi_message *message)
{
    jgi__head__init(head);
    head->kind = message->kind;
    SET_NUMBER(number, message->number);
    SET_NUMBER(floor, message->floor);
    SET_NUMBER(status, message->status);
    SET_TEXT(text, message->text);
    fill_hello(head, message);
    fill_start(head, message);
    SET_NUMBER(object, message->object);
    SET_NUMBER(offset, message->offset);
    SET_NUMBER(size, message->size);
    SET_NUMBER(signal_number, message->signal_number);
    SET_NUMBER(exit_code, message->exit_code);
    SET_TEXT(last_output, message->last_output);
    SET_NUMBER(waits, message->waits);
    SET_NUMBER(stream, message->stream);
}

/* The parts that repeat need memory of their own while they are packed. */
static bool fill_lists(Jgi__Head *head, const struct jgi_message *message, struct jgi_arena *arena)
{
    size_t size = message->segment_count * (sizeof(Jgi__Segment) + sizeof(Jgi__Segment *)) +
                  message->node_count * (sizeof(Jgi__Node) + sizeof(Jgi__Node *));
    if (size == 0) return true;
    head->segment = jgi_arena_zalloc(arena, message->segment_count * sizeof *head->segment + 1, 16);
    Jgi__Segment *segments =
        jgi_arena_zalloc(arena, message->segment_count * sizeof *segments + 1, 16);
    head->node = jgi_arena_zalloc(arena, message->node_count * sizeof *head->node + 1, 16);
    Jgi__Node *nodes = jgi_arena_zalloc(arena, message->node_count * sizeof *nodes + 1, 16);
    if (head->segment == NULL || segments == NULL || head->node == NULL || nodes == NULL)
        return false;
    for (size_t i = 0; i < message->segment_count; i++) {
        jgi__segment__init(&segments[i]);
        segments[i].field = message->segments[i].field;
        segments[i].offset = message->segments[i].offset;
        segments[i].size = message->segments[i].size;
        head->segment[head->n_segment++] = &segments[i];
    }
    for (size_t i = 0; i < message->node_count; i++) {
        const struct jgi_node_entry *from = &message->nodes[i];
        jgi__node__init(&nodes[i]);
        nodes[i].name = (char *)(uintptr_t)from->name;
        nodes[i].address = (char *)(uintptr_t)from->address;
        nodes[i].tags = from->tags[0] == '\0' ? NULL : (char *)(uintptr_t)from->tags;
        nodes[i].incarnation = from->incarnation;
        nodes[i].slots = from->slots;
        nodes[i].has_busy = from->busy != 0;
        nodes[i].busy = from->busy;
        nodes[i].has_draining = nodes[i].draining = from->is_draining;
        head->node[head->n_node++] = &nodes[i];
    }
    return true;
}

/* Room for a frame, whose head is to be written at what is returned; of its body, the first `room`
   bytes are in `out`. NULL: no memory, or larger than a frame may be. */
static uint8_t *add_frame(struct jgi_buffer *out, const struct jgi_message *message,
                          size_t head_size, size_t room)
{
    if (head_size > JGI_MESSAGE_HEAD_MAX || message->body_size > JGI_MESSAGE_BODY_MAX) return NULL;
    uint8_t *to = jgi_buffer_reserve(out, JGI_MESSAGE_PREFIX + head_size + room);
    if (to == NULL) return NULL;
    put_u32(to, (uint32_t)(head_size + message->body_size));
    put_u32(to + 4, (uint32_t)head_size);
    to += JGI_MESSAGE_PREFIX;
    if (message->body != NULL && room > 0) memcpy(to + head_size, message->body, room);
    out->end += JGI_MESSAGE_PREFIX + head_size + room;
    return to;
}

/* `room`: of the body, what is to be in `out`. */
static bool add(struct jgi_buffer *out, const struct jgi_message *message, size_t room)
{
    uint8_t brief[JGI_BRIEF_MAX], *to = NULL;
    size_t brief_size = jgi_brief_write(message, brief);
    if (brief_size > 0) {
        to = add_frame(out, message, brief_size, room);
        if (to != NULL) memcpy(to, brief, brief_size);
        return to != NULL;
    }
    Jgi__Head head;
    struct jgi_arena arena;
    jgi_arena_init(&arena);
    fill(&head, message);
    if (fill_lists(&head, message, &arena))
        to = add_frame(out, message, jgi__head__get_packed_size(&head), room);
    if (to != NULL) (void)jgi__head__pack(&head, to);
    jgi_arena_fini(&arena);
    return to != NULL;
}

bool jgi_message_add(struct jgi_buffer *out, const struct jgi_message *message)
{
    return add(out, message, message->body_size);
}

bool jgi_message_add_head(struct jgi_buffer *out, const struct jgi_message *message)
{
    return add(out, message, 0);
}

static void *arena_alloc(void *arena, size_t size)
{
    return jgi_arena_alloc(arena, size, 16);
}

static void arena_free(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

static bool is_text(const char *text, size_t most)
{
    return text == NULL || strnlen(text, most + 1) <= most;
}

/* The same, for what is printed as it is. */
static bool is_word(const char *text, size_t most)
{
    return text == NULL || (is_text(text, most) && jgi_text_is_tame(text));
}

static bool take_bytes(protobuf_c_boolean is_there, const ProtobufCBinaryData *from, size_t length,
                       const uint8_t **ret_bytes)
{
    if (!is_there) return true;
    *ret_bytes = from->data;
    return from->len == length;
}

static bool take_hello(const Jgi__Head *head, struct jgi_message *message)
{
    message->version_min = head->version_min;
    message->version_max = head->version_max;
    message->role = head->role;
    message->incarnation = head->incarnation;
    message->session = head->session;
    message->dial_count = head->dial_count;
    message->name = head->name;
    message->credits = head->credits;
    message->revision = head->revision;
    message->period_ms = head->period_ms;
    return is_text(head->name, NAME_MAX_SIZE) &&
           take_bytes(head->has_nonce, &head->nonce, JGI_NONCE_SIZE, &message->nonce) &&
           take_bytes(head->has_proof, &head->proof, JGI_PROOF_SIZE, &message->proof);
}

static bool take_start(const Jgi__Head *head, struct jgi_message *message)
{
    message->job = head->job;
    message->job_name = head->job_name;
    message->is_reuse = head->reuse;
    message->is_nested = head->nested;
    message->is_remote = head->remote;
    message->is_tagged = head->tagged;
    message->time_left_ms = head->time_left_ms;
    message->set_interval_ms = head->set_interval_ms;
    message->limit_ms = head->limit_ms;
    message->bulk_size = head->bulk_size;
    return is_text(head->job_name, NAME_MAX_SIZE) &&
           take_bytes(head->has_program, &head->program, JGI_DIGEST_SIZE, &message->program);
}

static bool take_segments(const Jgi__Head *head, struct jgi_message *message,
                          struct jgi_arena *arena)
{
    if (head->n_segment == 0) return true;
    struct jgi_segment *segments =
        head->n_segment > JGI_FRAME_SEGMENTS_MAX
            ? NULL
            : jgi_arena_zalloc(arena, head->n_segment * sizeof *segments, 16);
    if (segments == NULL) return false;
    for (size_t i = 0; i < head->n_segment; i++) {
        const Jgi__Segment *from = head->segment[i];
        if (from->size == 0 || from->size > head->bulk_size ||
            from->offset > head->bulk_size - from->size)
            return false;
        segments[i] =
            (struct jgi_segment){.field = from->field, .offset = from->offset, .size = from->size};
    }
    message->segments = segments;
    message->segment_count = head->n_segment;
    return true;
}

static bool take_nodes(const Jgi__Head *head, struct jgi_message *message, struct jgi_arena *arena)
{
    if (head->n_node == 0) return true;
    struct jgi_node_entry *nodes = head->n_node > JGI_NODES_MAX
                                       ? NULL
                                       : jgi_arena_zalloc(arena, head->n_node * sizeof *nodes, 16);
    if (nodes == NULL) return false;
    for (size_t i = 0; i < head->n_node; i++) {
        const Jgi__Node *from = head->node[i];
        if (!is_word(from->name, NAME_MAX_SIZE) || !is_word(from->address, NAME_MAX_SIZE) ||
            !is_word(from->tags, TEXT_MAX_SIZE))
            return false;
        nodes[i] = (struct jgi_node_entry){.name = from->name,
                                           .address = from->address,
                                           .tags = from->tags == NULL ? "" : from->tags,
                                           .incarnation = from->incarnation,
                                           .slots = from->slots,
                                           .busy = from->busy,
                                           .is_draining = from->draining};
    }
    message->nodes = nodes;
    message->node_count = head->n_node;
    return true;
}

static bool take(const Jgi__Head *head, struct jgi_message *message, struct jgi_arena *arena)
{
    if (head->kind == JGI_MESSAGE_NONE || head->kind >= JGI_MESSAGE_KIND_COUNT) return false;
    *message = (struct jgi_message){.kind = (enum jgi_message_kind)head->kind,
                                    .number = head->number,
                                    .floor = head->floor,
                                    .status = head->status,
                                    .text = head->text,
                                    .object = head->object,
                                    .offset = head->offset,
                                    .size = head->size,
                                    .signal_number = head->signal_number,
                                    .exit_code = head->exit_code,
                                    .last_output = head->last_output,
                                    .waits = head->waits,
                                    .stream = head->stream};
    return is_text(head->text, TEXT_MAX_SIZE) && is_text(head->last_output, TEXT_MAX_SIZE) &&
           take_hello(head, message) && take_start(head, message) &&
           take_segments(head, message, arena) && take_nodes(head, message, arena);
}

static int refuse(struct jgi_received *received, int error)
{
    jgi_message_fini(received);
    errno = error;
    return -1;
}

static bool read_head(const uint8_t *bytes, size_t size, struct jgi_received *received)
{
    struct jgi_arena *arena = &received->arena;
    ProtobufCAllocator allocator = {arena_alloc, arena_free, arena};
    arena->limit = MEMORY_ALWAYS + size * MEMORY_PER_BYTE;
    const Jgi__Head *head = jgi__head__unpack(&allocator, size, bytes);
    return head != NULL && take(head, &received->message, arena);
}

/* As jgi_message_read; `is_head_enough`: the body may be yet to come. */
static int read_frame(const uint8_t *bytes, size_t size, size_t frame_max, bool is_head_enough,
                      struct jgi_received *ret_received, size_t *ret_frame_size)
{
    if (size < JGI_MESSAGE_PREFIX) return 0;
    size_t rest = get_u32(bytes), head_size = get_u32(bytes + 4);
    jgi_arena_init(&ret_received->arena);
    if (rest > frame_max - JGI_MESSAGE_PREFIX || head_size > rest ||
        head_size > JGI_MESSAGE_HEAD_MAX || rest - head_size > JGI_MESSAGE_BODY_MAX)
        return refuse(ret_received, EPROTO);
    if (size - JGI_MESSAGE_PREFIX < (is_head_enough ? head_size : rest)) return 0;
    if (!jgi_brief_read(bytes + JGI_MESSAGE_PREFIX, head_size, &ret_received->message) &&
        !read_head(bytes + JGI_MESSAGE_PREFIX, head_size, ret_received))
        return refuse(ret_received, ret_received->arena.is_exhausted ? ENOMEM : EPROTO);
    ret_received->message.body = bytes + JGI_MESSAGE_PREFIX + head_size;
    ret_received->message.body_size = rest - head_size;
    *ret_frame_size = JGI_MESSAGE_PREFIX + rest;
    return 1;
}

int jgi_message_read(const uint8_t *bytes, size_t size, size_t frame_max,
                     struct jgi_received *ret_received, size_t *ret_frame_size)
{
    return read_frame(bytes, size, frame_max, false, ret_received, ret_frame_size);
}

int jgi_message_read_head(const uint8_t *bytes, size_t size, size_t frame_max,
                          struct jgi_received *ret_received, size_t *ret_head_size)
{
    int found = read_frame(bytes, size, frame_max, true, ret_received, ret_head_size);
    if (found <= 0) return found;
    *ret_head_size -= ret_received->message.body_size;
    ret_received->message.body = NULL;
    return 1;
}

static void *copy(const void *bytes, size_t size)
{
    void *own = size == 0 ? NULL : malloc(size);
    if (own != NULL) memcpy(own, bytes, size);
    return own;
}

bool jgi_message_copy_payload(const struct jgi_message *message, struct jgi_payload *ret_payload)
{
    ret_payload->message = copy(message->body, message->body_size);
    ret_payload->segments =
        copy(message->segments, message->segment_count * sizeof *message->segments);
    if (ret_payload->message != NULL) ret_payload->message_size = message->body_size;
    if (ret_payload->segments != NULL) ret_payload->segment_count = message->segment_count;
    return ret_payload->message_size == message->body_size &&
           ret_payload->segment_count == message->segment_count;
}

void jgi_message_fini(struct jgi_received *received)
{
    jgi_arena_fini(&received->arena);
}
