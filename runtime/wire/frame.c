/* SPDX-License-Identifier: MIT */
/* Frames between a pool and its workers: a fixed head, the segment table, the message; bulk in a
 * memfd beside them. */
#define _GNU_SOURCE
#include "frame.h"

#include "../base/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { FILL_SIZE = 64 * 1024, FDS_WAITING_MAX = 16, FDS_PER_FILL = 8 };

bool jgi_frame_add(struct jgi_buffer *out, struct jgi_frame_head *head,
                   const struct jgi_payload *payload)
{
    size_t table_size = payload == NULL ? 0 : payload->segment_count * sizeof(struct jgi_segment);
    size_t message_size = payload == NULL ? 0 : payload->message_size;
    head->segment_count = payload == NULL ? 0 : (uint32_t)payload->segment_count;
    head->has_bulk = payload != NULL && payload->bulk_fd >= 0;
    head->bulk_size = payload == NULL ? 0 : payload->bulk_size;
    head->size = (uint32_t)(table_size + message_size);
    if (jgi_buffer_reserve(out, sizeof *head + head->size) == NULL) return false;
    (void)jgi_buffer_add(out, head, sizeof *head); /* the room was reserved */
    if (table_size > 0) (void)jgi_buffer_add(out, payload->segments, table_size);
    if (message_size > 0) (void)jgi_buffer_add(out, payload->message, message_size);
    return true;
}

void jgi_frame_reader_fini(struct jgi_frame_reader *reader)
{
    jgi_buffer_fini(&reader->buffer);
    while (reader->fd_count > 0)
        (void)jgi_fd_close(reader->fds[--reader->fd_count]);
}

int jgi_frame_fill(struct jgi_frame_reader *reader, int socket_fd, int flags)
{
    uint8_t *room = jgi_buffer_reserve(&reader->buffer, FILL_SIZE);
    if (room == NULL) {
        errno = ENOMEM;
        return -1;
    }
    int fds[FDS_PER_FILL];
    size_t fd_count;
    ssize_t got = jgi_fd_receive(socket_fd, room, FILL_SIZE, fds, FDS_PER_FILL, &fd_count, flags);
    if (got < 0) return -1;
    reader->buffer.end += (size_t)got;
    for (size_t i = 0; i < fd_count; i++) {
        if (reader->fd_count == FDS_WAITING_MAX) {
            for (; i < fd_count; i++)
                (void)jgi_fd_close(fds[i]);
            errno = EPROTO;
            return -1;
        }
        reader->fds[reader->fd_count++] = fds[i];
    }
    return got == 0 ? 0 : 1;
}

static bool head_is_sane(const struct jgi_frame_head *head)
{
    return head->kind >= JGI_FRAME_RUN && head->kind < JGI_FRAME_KIND_COUNT &&
           head->size <= JGI_FRAME_SIZE_MAX && head->segment_count <= JGI_FRAME_SEGMENTS_MAX &&
           head->has_bulk <= 1 && head->segment_count * sizeof(struct jgi_segment) <= head->size &&
           (head->segment_count == 0 || head->has_bulk == 1);
}

/* Each segment must lie inside the bulk. */
static bool segments_are_sane(const struct jgi_segment *segments, size_t count, uint64_t bulk_size)
{
    for (size_t i = 0; i < count; i++)
        if (segments[i].offset > bulk_size || segments[i].size > bulk_size - segments[i].offset)
            return false;
    return true;
}

static void *copy_of(const void *bytes, size_t size)
{
    void *copy = malloc(size);
    if (copy != NULL) memcpy(copy, bytes, size);
    return copy;
}

static int take_payload(struct jgi_frame_reader *reader, const struct jgi_frame_head *head,
                        const uint8_t *body, struct jgi_payload *payload)
{
    size_t table_size = head->segment_count * sizeof(struct jgi_segment);
    *payload = JGI_PAYLOAD_INIT;
    if (table_size > 0) {
        payload->segments = copy_of(body, table_size);
        if (payload->segments == NULL) return ENOMEM;
        payload->segment_count = head->segment_count;
        if (!segments_are_sane(payload->segments, payload->segment_count, head->bulk_size))
            return EPROTO;
    }
    payload->message_size = head->size - table_size;
    if (payload->message_size > 0) {
        payload->message = copy_of(body + table_size, payload->message_size);
        if (payload->message == NULL) return ENOMEM;
    }
    if (head->has_bulk) {
        if (reader->fd_count == 0) return EPROTO;
        payload->bulk_fd = reader->fds[0];
        payload->bulk_size = head->bulk_size;
        memmove(reader->fds, reader->fds + 1, --reader->fd_count * sizeof(int));
    }
    return 0;
}

int jgi_frame_next(struct jgi_frame_reader *reader, struct jgi_frame_head *ret_head,
                   struct jgi_payload *ret_payload)
{
    struct jgi_buffer *buffer = &reader->buffer;
    struct jgi_frame_head head;
    if (jgi_buffer_size(buffer) < sizeof head) return 0;
    memcpy(&head, jgi_buffer_data(buffer), sizeof head);
    if (!head_is_sane(&head)) {
        errno = EPROTO;
        return -1;
    }
    if (jgi_buffer_size(buffer) < sizeof head + head.size) return 0;
    struct jgi_payload payload;
    int error = take_payload(reader, &head, jgi_buffer_data(buffer) + sizeof head, &payload);
    if (error != 0) {
        jgi_payload_fini(&payload);
        errno = error;
        return -1;
    }
    jgi_buffer_take(buffer, sizeof head + head.size);
    *ret_head = head;
    *ret_payload = payload;
    return 1;
}
