/* SPDX-License-Identifier: MIT */
/* Bytes on their way out: a buffer, and between its bytes pieces of memory that others have lent
   and that are not copied. */
#ifndef JOBGEN_WIRE_OUTFLOW_H
#define JOBGEN_WIRE_OUTFLOW_H

#include <stdbool.h>
#include <sys/uio.h>

#include "../base/buffer.h"

/* Memory of somebody's: it stays there and mapped until `end` is called, once. */
struct jgi_lent {
    uint8_t *bytes;
    size_t size;
    void (*end)(void *owner);
    void *owner;
};

enum { JGI_OUTFLOW_LENT = 8 };

struct jgi_outflow {
    struct jgi_buffer buffer; /* may be added to */
    struct {
        size_t before; /* bytes of the buffer between the one before it and this one */
        struct jgi_lent lent;
        size_t sent;
    } pieces[JGI_OUTFLOW_LENT];
    size_t piece_count;
    size_t lent_size, lent_before; /* of all pieces: bytes not sent yet, `before` */
};

static inline size_t jgi_outflow_size(const struct jgi_outflow *flow)
{
    return jgi_buffer_size(&flow->buffer) + flow->lent_size;
}

/* Adds it behind all others. False: there are too many, nothing was done. */
bool jgi_outflow_lend(struct jgi_outflow *flow, const struct jgi_lent *lent);

/* What comes first, in at most `most` parts; their number. */
size_t jgi_outflow_look(const struct jgi_outflow *flow, struct iovec *parts, size_t most);

/* The first `size` bytes have gone; what was lent and has gone whole ends. */
void jgi_outflow_take(struct jgi_outflow *flow, size_t size);

/* Ends all, and makes it empty. */
void jgi_outflow_fini(struct jgi_outflow *flow);

#endif
