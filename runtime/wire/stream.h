/* SPDX-License-Identifier: MIT */
/* Bytes to and from another process by TCP; all of nng is behind this and listener.h.

   A stream reads all the time. What is sent is kept and goes out with the next flush, many small
   pieces in one send. Callbacks come locked by the loop, from any of nng's threads or the loop's,
   one at a time; after jgi_stream_close none comes. Streams free themselves. */
#ifndef JOBGEN_WIRE_STREAM_H
#define JOBGEN_WIRE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buffer.h"
#include "../base/loop.h"
#include "outflow.h"

struct jgi_stream;

/* What on_end is told, this very pointer, when the other machine says that nobody listens there. */
extern const char jgi_stream_refused[];

struct jgi_stream_handler {
    /* A dialed stream is connected. */
    void (*on_open)(struct jgi_stream *stream, void *user);
    /* More has come; takes from `in` what it can use. */
    void (*on_bytes)(struct jgi_stream *stream, void *user, struct jgi_buffer *in);
    /* Something has gone to the system, and at most half a MiB is still pending; NULL allowed. */
    void (*on_drained)(struct jgi_stream *stream, void *user);
    /* The last call: closed by the other side, failed, or never connected. `why`: one sentence. */
    void (*on_end)(struct jgi_stream *stream, void *user, const char *why);
};

/* All below: locked. */

/* "host:port", "[::1]:3030"; never blocks, on_open or on_end follows. NULL: no memory, or not an
   address. */
struct jgi_stream *jgi_stream_dial(struct jgi_loop *loop, const char *address,
                                   const struct jgi_stream_handler *handler, void *user);

void jgi_stream_set_handler(struct jgi_stream *stream, const struct jgi_stream_handler *handler,
                            void *user);

/* Where frames are to be added (jgi_message_add); jgi_stream_flush must follow, now or at the end
   of the loop's round. */
struct jgi_buffer *jgi_stream_out(struct jgi_stream *stream);
void jgi_stream_flush(struct jgi_stream *stream);
/* Sends memory of somebody's behind what was added so far, from where it lies; `end` comes locked,
   when it has gone or the stream has ended. False: too many pieces wait already, nothing was done.
 */
bool jgi_stream_lend(struct jgi_stream *stream, const struct jgi_lent *lent);
/* With the next flush, or after 2 ms: for what nobody waits for. */
void jgi_stream_flush_soon(struct jgi_stream *stream);
/* Bytes kept and not yet taken by the system. */
size_t jgi_stream_pending(const struct jgi_stream *stream);

/* Bytes that the system has taken. */
uint64_t jgi_stream_sent(const struct jgi_stream *stream);

/* Sends what is kept, for at most a second, gives the other side a moment to read it, and closes;
   no callback comes any more. */
void jgi_stream_finish(struct jgi_stream *stream);
void jgi_stream_close(struct jgi_stream *stream);

/* In on_bytes: the next bytes that come, from the front of `in` on, go to that memory and not into
   `in`. on_bytes comes for them as for others; `end` comes when all are there and the on_bytes of
   the last has returned, or when the stream has ended and writes there no more. */
void jgi_stream_land(struct jgi_stream *stream, const struct jgi_lent *place);
bool jgi_stream_is_landing(const struct jgi_stream *stream);

bool jgi_stream_is_loopback(const struct jgi_stream *stream);
/* The other side, "[::1]:4711"; lives as long as the stream. */
const char *jgi_stream_peer(const struct jgi_stream *stream);

#endif
