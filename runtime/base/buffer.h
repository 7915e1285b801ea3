/* SPDX-License-Identifier: MIT */
/* Growing bytes with a read position: added at the end, taken from the front. */
#ifndef JOBGEN_BASE_BUFFER_H
#define JOBGEN_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jgi_buffer {
    uint8_t *bytes; /* owned */
    size_t start, end, capacity;
};

void jgi_buffer_fini(struct jgi_buffer *buffer);

static inline size_t jgi_buffer_size(const struct jgi_buffer *buffer)
{
    return buffer->end - buffer->start;
}

static inline uint8_t *jgi_buffer_data(const struct jgi_buffer *buffer)
{
    return buffer->bytes + buffer->start;
}

/* Room for `size` more bytes behind the end; NULL: no memory. */
uint8_t *jgi_buffer_reserve(struct jgi_buffer *buffer, size_t size);

/* False: no memory, nothing added. */
bool jgi_buffer_add(struct jgi_buffer *buffer, const void *bytes, size_t size);

/* Forgets the first `size` bytes. */
void jgi_buffer_take(struct jgi_buffer *buffer, size_t size);

#endif
