/* SPDX-License-Identifier: MIT */
/* Arguments or results of one execution in encoded form: a protobuf message, and large arrays
 * beside it in a memfd. */
#ifndef JOBGEN_WIRE_PAYLOAD_H
#define JOBGEN_WIRE_PAYLOAD_H

#include "view.h"

#include <stddef.h>
#include <stdint.h>

/* From this many bytes on an array, or a whole message, travels in the memfd and not in the frame.
 */
#define JGI_BULK_MIN ((size_t)64 * 1024)

/* One array (or, with field 0, the message itself) in the memfd. */
struct jgi_segment {
    uint32_t field; /* number of the message's field that it stands for */
    uint32_t unused;
    uint64_t offset; /* a multiple of 4096 */
    uint64_t size;
};

struct jgi_payload {
    uint8_t *message; /* owned, malloc'ed; NULL if empty or in the memfd */
    size_t message_size;
    struct jgi_segment *segments; /* owned, malloc'ed; NULL if none */
    size_t segment_count;
    int bulk_fd; /* owned; -1: none */
    uint64_t bulk_size;
};

#define JGI_PAYLOAD_INIT ((struct jgi_payload){.bulk_fd = -1})

/* Frees what it holds and makes it empty. */
void jgi_payload_fini(struct jgi_payload *payload);
/* The same by a codec that goes on: the maps below stay. */
void jgi_payload_drop(struct jgi_payload *payload);

/* A view that is not needed any more; it is closed with the next payload that this thread frees: a
 * worker does so when it has answered, and nobody waits for it. */
void jgi_payload_close_later(const struct jgi_view *view);

#endif
