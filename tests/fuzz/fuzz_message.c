/* SPDX-License-Identifier: MIT */
/* Frames from anybody on a link: read or refused, in a part as in the whole, and what is read can
 * be written and read again, the same. The first byte says where they are cut. */
#include "wire/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { FRAME_MAX = JGI_MESSAGE_PREFIX + JGI_MESSAGE_HEAD_MAX + JGI_MESSAGE_BODY_MAX };

static void check_inside(const uint8_t *bytes, size_t size, const struct jgi_message *message,
                         size_t frame_size)
{
    if (frame_size > size || frame_size < JGI_MESSAGE_PREFIX) abort();
    if (message->body + message->body_size != bytes + frame_size) abort();
    if (message->kind <= JGI_MESSAGE_NONE || message->kind >= JGI_MESSAGE_KIND_COUNT) abort();
    if (message->node_count > JGI_NODES_MAX) abort();
    for (size_t i = 0; i < message->node_count; i++)
        if (message->nodes[i].name == NULL || message->nodes[i].address == NULL ||
            message->nodes[i].tags == NULL)
            abort();
    for (size_t i = 0; i < message->segment_count; i++)
        if (message->segments[i].offset > message->bulk_size ||
            message->segments[i].size > message->bulk_size - message->segments[i].offset)
            abort();
}

/* Canonical form: once written, writing it again gives the same bytes. */
static void check_again(const struct jgi_message *message)
{
    struct jgi_buffer first = {0}, second = {0};
    struct jgi_received again;
    size_t frame_size = 0;
    if (!jgi_message_add(&first, message)) abort();
    if (jgi_message_read(jgi_buffer_data(&first), jgi_buffer_size(&first), FRAME_MAX, &again,
                         &frame_size) != 1)
        abort();
    if (frame_size != jgi_buffer_size(&first)) abort();
    if (!jgi_message_add(&second, &again.message)) abort();
    if (jgi_buffer_size(&second) != frame_size ||
        memcmp(jgi_buffer_data(&first), jgi_buffer_data(&second), frame_size) != 0)
        abort();
    jgi_message_fini(&again);
    jgi_buffer_fini(&first);
    jgi_buffer_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) return 0;
    size_t cut = bytes[0] % size, frame_size = 0, part_size = 0;
    struct jgi_received whole, part;
    int found = jgi_message_read(bytes + 1, size - 1, FRAME_MAX, &whole, &frame_size);
    if (found < 0 && errno != EPROTO && errno != ENOMEM) abort();
    int found_in_part = jgi_message_read(bytes + 1, cut, FRAME_MAX, &part, &part_size);
    if (found_in_part != 0 && found_in_part != found) abort();
    if (found_in_part == 1) {
        if (part_size != frame_size) abort();
        jgi_message_fini(&part);
    }
    if (found != 1) return 0;
    check_inside(bytes + 1, size - 1, &whole.message, frame_size);
    check_again(&whole.message);
    jgi_message_fini(&whole);
    return 0;
}
