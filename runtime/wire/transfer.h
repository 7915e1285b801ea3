/* SPDX-License-Identifier: MIT */
/* Transfers of large objects over a link: whoever needs bytes asks for them by WANT, a few MiB at a
   time, and gets PIECEs in order, between other frames. What is asked for again is sent again, so a
   cut costs what was under way. All locked by the loop. */
#ifndef JOBGEN_WIRE_TRANSFER_H
#define JOBGEN_WIRE_TRANSFER_H

#include "connection.h"

/* What the other side wants of us, over one connection. */
struct jgi_outgoing {
    struct jgi_link ranges;
    size_t range_count;
};

void jgi_outgoing_init(struct jgi_outgoing *outgoing);
/* The connection has ended, or its owner. */
void jgi_outgoing_fini(struct jgi_outgoing *outgoing);

/* Queues what `want` asks for; `fd` is copied, `size` is that of the file: false where the range
   lies outside of it, or more ranges are queued than anybody needs (the peer breaks the protocol),
   or without memory or descriptors. */
bool jgi_outgoing_add(struct jgi_outgoing *outgoing, const struct jgi_message *want, int fd,
                      uint64_t size);
/* Forgets what was wanted of this number. */
void jgi_outgoing_drop(struct jgi_outgoing *outgoing, enum jgi_object object, uint64_t number);

/* Sends while less than a MiB is pending; to be called after add and by on_drained. False: a file
   could not be read. `on_sent`: all that was asked for of an object so far has been sent, up to
   `sent->offset`; may add. */
bool jgi_outgoing_pump(struct jgi_outgoing *outgoing, struct jgi_connection *connection,
                       void (*on_sent)(void *user, const struct jgi_message *sent), void *user);

/* What we want: the bytes of one object into a file. */
struct jgi_incoming {
    enum jgi_object object;
    uint64_t number;                  /* ARGS, RESULT */
    uint8_t program[JGI_DIGEST_SIZE]; /* PROGRAM */
    int fd;                           /* borrowed, unless jgi_incoming_open made it */
    struct jgi_bulk *bulk;            /* of that file; NULL: it is written by the descriptor */
    uint64_t size, got, wanted;       /* bytes: in all, here, asked for */
};

/* Of ARGS and RESULT: a memfd of `size` bytes, one used before if there is one. Its first page is
   never written nor asked for: it belongs to those who share the file (bulk.h). False: no memory or
   descriptors. Locked or not. */
bool jgi_incoming_open(struct jgi_incoming *incoming);
/* The file, whole, for a payload; or it is given up. */
int jgi_incoming_finish(struct jgi_incoming *incoming);
void jgi_incoming_abandon(struct jgi_incoming *incoming);

/* Asks for more if less than half a window is under way. False: no memory to send. */
bool jgi_incoming_want(struct jgi_incoming *incoming, struct jgi_connection *connection,
                       uint64_t floor);
/* Another link: what was asked for and did not come is asked for again. */
void jgi_incoming_resume(struct jgi_incoming *incoming);
/* A PIECE whose body is yet to come: where it is to go, for jgi_connection_handler's on_landing;
   false: wherever it comes, jgi_incoming_take copies it. */
bool jgi_incoming_land(struct jgi_incoming *incoming, const struct jgi_message *piece,
                       struct jgi_lent *ret_place);
/* A PIECE: writes it. 1: all is here; 0: more is to come (jgi_incoming_want); -1 with errno: EPROTO
   (outside of what was asked for), or why it could not be written. What is here already is skipped.
 */
int jgi_incoming_take(struct jgi_incoming *incoming, const struct jgi_message *piece);

#endif
