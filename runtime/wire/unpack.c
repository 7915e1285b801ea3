/* SPDX-License-Identifier: MIT */
/* Payloads that anybody may have sent, down to messages and segments.
 *
 * Nothing is allocated by a length that was only told: segments lie within the memfd, which is
 * sealed against shrinking before its size is read; protobuf-c gets a bounded multiple of the
 * message's size. */
#include "codec_state.h"

#include "../base/fd.h"

#include <stdlib.h>

enum {
    PAGE = JGI_BULK_PAGE,
    MESSAGE_ALIGN = 16,
    /* Two bytes of an array of empty strings become up to 112. */
    MEMORY_PER_BYTE = 64,
    MEMORY_ALWAYS = 64 * 1024
};

void jgi_decoder_no_memory(struct jgi_decoder *in)
{
    jgi_trouble_set(&in->trouble, JG_ENOMEM, "no memory for the values of job '%s'", in->job->name);
}

void jgi_decoder_broken(struct jgi_decoder *in, const char *what)
{
    jgi_trouble_set(&in->trouble, JG_EPROTOCOL, "the message of job '%s' is broken: %s",
                    in->job->name, what);
}

/* ---- the memfd ---- */

static bool check_segments(const struct jgi_payload *payload, uint64_t size)
{
    for (size_t i = 0; i < payload->segment_count; i++) {
        const struct jgi_segment *segment = &payload->segments[i];
        if (segment->size == 0 || segment->size > size || segment->offset > size - segment->size ||
            segment->offset % PAGE != 0)
            return false;
    }
    return true;
}

void jgi_decoder_init(struct jgi_decoder *in, const struct jgi_job *job,
                      const struct jgi_payload *payload)
{
    in->job = job;
    in->file_size = 0;
    in->trouble = (struct jgi_trouble){.status = JG_OK};
    in->payload = payload;
    in->out = NULL;
    in->inputs = NULL;
    in->input_view = (struct jgi_view){.map = NULL};
    in->owned = in->unwanted = NULL;
    jgi_rooms_init(&in->own_rooms);
    in->member_rooms = &in->own_rooms;
    in->gifts = in->first_gifts;
    in->gift_count = 0;
    in->gift_capacity = JGI_GIFTS_FIRST;
    jgi_arena_init(&in->arena);
    if (payload->segment_count == 0) return;
    if (payload->bulk_fd < 0 || !jgi_fd_hold_size(payload->bulk_fd, &in->file_size))
        jgi_decoder_broken(in, "its memfd is missing or can shrink");
    else if (!check_segments(payload, in->file_size))
        jgi_decoder_broken(in, "a segment lies outside of its memfd");
}

void jgi_decoder_fini(struct jgi_decoder *in)
{
    for (struct jgi_owned *owned = in->owned; owned != NULL; owned = owned->next)
        free(owned->bytes);
    jgi_rooms_fini(&in->own_rooms);
    jgi_mappings_fini(&in->inputs);
    if (in->input_view.map != NULL) jgi_payload_close_later(&in->input_view);
    if (in->payload->bulk_fd >= 0) jgi_bulk_release(in->payload->bulk_fd);
    free(in->trouble.text);
    jgi_arena_fini(&in->arena);
}

const struct jgi_segment *jgi_decoder_segment(const struct jgi_decoder *in, uint32_t field)
{
    const struct jgi_payload *payload = in->payload;
    for (size_t i = 0; i < payload->segment_count; i++)
        if (payload->segments[i].field == field) return &payload->segments[i];
    return NULL;
}

void jgi_decoder_read(struct jgi_decoder *in, const struct jgi_segment *segment, void *to)
{
    if (jgi_fd_pread_all(in->payload->bulk_fd, to, segment->size, segment->offset) != 0)
        jgi_decoder_broken(in, "its memfd cannot be read");
}

/* ---- the message ---- */

static void *message_alloc(void *user, size_t size)
{
    return jgi_arena_alloc(user, size, MESSAGE_ALIGN);
}

static void message_free(void *user, void *bytes)
{
    (void)user, (void)bytes; /* all of it goes with the arena */
}

static void *unpack(struct jgi_decoder *in, const ProtobufCMessageDescriptor *descriptor,
                    const uint8_t *bytes, size_t size)
{
    ProtobufCAllocator allocator = {message_alloc, message_free, &in->arena};
    size_t limit = size > (SIZE_MAX - MEMORY_ALWAYS) / MEMORY_PER_BYTE
                       ? SIZE_MAX
                       : size * MEMORY_PER_BYTE + MEMORY_ALWAYS;
    in->arena.limit = limit > SIZE_MAX - in->arena.used ? SIZE_MAX : in->arena.used + limit;
    void *message = protobuf_c_message_unpack(descriptor, &allocator, size, bytes);
    in->arena.limit = SIZE_MAX;
    if (message != NULL) return message;
    if (in->arena.is_exhausted)
        jgi_decoder_no_memory(in);
    else
        jgi_decoder_broken(in, "it cannot be unpacked");
    return NULL;
}

/* A message in the memfd is read into memory that nobody else can change meanwhile. */
static void *unpack_segment(struct jgi_decoder *in, const ProtobufCMessageDescriptor *descriptor,
                            const struct jgi_segment *segment)
{
    void *message = NULL;
    uint8_t *bytes = malloc(segment->size);
    if (bytes == NULL) {
        jgi_decoder_no_memory(in);
        return NULL;
    }
    jgi_decoder_read(in, segment, bytes);
    if (in->trouble.status == JG_OK) message = unpack(in, descriptor, bytes, segment->size);
    free(bytes);
    return message;
}

void *jgi_decode(struct jgi_decoder *in, const ProtobufCMessageDescriptor *descriptor)
{
    const struct jgi_segment *segment = jgi_decoder_segment(in, 0);
    if (in->trouble.status != JG_OK) return NULL;
    if (segment != NULL) return unpack_segment(in, descriptor, segment);
    return unpack(in, descriptor, in->payload->message, in->payload->message_size);
}
