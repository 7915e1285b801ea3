/* SPDX-License-Identifier: MIT */
/* Growing bytes with a read position: added at the end, taken from the front. */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

void jgi_buffer_fini(struct jgi_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct jgi_buffer){0};
}

uint8_t *jgi_buffer_reserve(struct jgi_buffer *buffer, size_t size)
{
    if (buffer->capacity - buffer->end >= size) return buffer->bytes + buffer->end;
    size_t used = jgi_buffer_size(buffer);
    if (buffer->start > 0) {
        memmove(buffer->bytes, buffer->bytes + buffer->start, used);
        buffer->start = 0;
        buffer->end = used;
    }
    if (buffer->capacity - used >= size) return buffer->bytes + used;
    size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity;
    while (capacity - used < size) {
        if (capacity > SIZE_MAX / 2) return NULL;
        capacity *= 2;
    }
    uint8_t *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) return NULL;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return bytes + used;
}

bool jgi_buffer_add(struct jgi_buffer *buffer, const void *bytes, size_t size)
{
    if (size == 0) return true;
    uint8_t *room = jgi_buffer_reserve(buffer, size);
    if (room == NULL) return false;
    memcpy(room, bytes, size);
    buffer->end += size;
    return true;
}

void jgi_buffer_take(struct jgi_buffer *buffer, size_t size)
{
    buffer->start += size;
    if (buffer->start == buffer->end) buffer->start = buffer->end = 0;
}
