/* SPDX-License-Identifier: MIT */
/* A link: frames over a stream, with greeting, HELLO and proof, pings, and limits per peer.

   Dialing side: (optionally an HTTP upgrade,) waits for GREETING, sends HELLO, waits for HELLO.
   Accepting side: sends GREETING at once, waits for HELLO, answers. Until then 4 KiB and 3 s.
   Proof: HMAC-SHA-256 (RFC 2104) under the local secret over role and both nonces, so that neither
   side learns the secret from the other. A ping goes out after 1 s of silence; after 4 s the link
   is dead. All callbacks come locked. */
#ifndef JOBGEN_WIRE_CONNECTION_H
#define JOBGEN_WIRE_CONNECTION_H

#include "message.h"
#include "secret.h"
#include "stream.h"

#include <jobgen/status.h>

struct jgi_connection;

struct jgi_connection_handler {
    /* Accepting side only: `hello` is proven; fills `answer` (HELLO's fields but nonce and proof).
       False: refused, with status and text in `answer`. */
    bool (*on_hello)(struct jgi_connection *connection, void *user, const struct jgi_message *hello,
                     struct jgi_message *answer);
    /* Open: `hello` is the other side's. */
    void (*on_open)(struct jgi_connection *connection, void *user, const struct jgi_message *hello);
    /* Takes what it needs of it before it returns. May close the connection. */
    void (*on_message)(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message);
    /* Open: a PIECE comes, whose body of body_size bytes is not here yet. True: it is to go to
       `ret_place`, whose end comes when nothing is written there any more; on_message follows, with
       that as its body. NULL allowed. */
    bool (*on_landing)(struct jgi_connection *connection, void *user,
                       const struct jgi_message *piece, struct jgi_lent *ret_place);
    /* Something has gone out, and at most half a MiB is still pending; NULL allowed. */
    void (*on_drained)(struct jgi_connection *connection, void *user);
    /* What was sent before that moment has been taken: a PING behind it is answered. NULL allowed.
     */
    void (*on_taken)(struct jgi_connection *connection, void *user, uint64_t before_ns);
    /* The last call; the connection frees itself. `status`: JG_EAUTH (refused, or not proven),
       JG_EMISMATCH (version), JG_ENODE (cut, silent, never connected), JG_EPROTOCOL. */
    void (*on_end)(struct jgi_connection *connection, void *user, jg_status status,
                   const char *why);
};

struct jgi_connection_config {
    struct jgi_loop *loop;
    const struct jgi_connection_handler *handler;
    void *user;
    const struct jgi_secret *secret; /* borrowed; NULL: nobody proves anything (--open-loopback) */
    bool is_upgraded;                /* dialing side: by GET /v1/link first */
};

/* Locked. `hello`: the fields but nonce and proof; copied. NULL: no memory or no address. */
struct jgi_connection *jgi_connection_dial(const struct jgi_connection_config *config,
                                           const char *address, const struct jgi_message *hello);

/* Locked. Takes the stream of on_accept, or one whose upgrade was answered; `in`: what came behind
   that, NULL or nothing, since a dialing side waits for the greeting. Peers that are not on
   loopback get GOODBYE (JG_EAUTH). Of those that have not said HELLO there are at most 256, and 32
   of one address: the oldest goes first. NULL: no memory, or not served; the stream is closed then,
   no callback comes. on_end comes also for one that never opened. */
struct jgi_connection *jgi_connection_accept(const struct jgi_connection_config *config,
                                             struct jgi_stream *stream, struct jgi_buffer *in);

/* Locked. Queues a frame; it goes out with the loop's round, or, where nobody waits for it
   (ACCEPTED, RELEASE, RELEASED), with the next one or after 2 ms. False: no memory; the link is
   closed and on_end follows. */
bool jgi_connection_send(struct jgi_connection *connection, const struct jgi_message *message);
/* The same with body NULL: room for its body_size bytes, to be filled before the lock is given up;
   NULL: no memory, as above. */
uint8_t *jgi_connection_send_hollow(struct jgi_connection *connection,
                                    const struct jgi_message *message);
/* The same with a body that is sent from where it lies; `end` (of jgi_lent) comes when it has gone,
   or was copied, or the link has ended; also where this fails. */
bool jgi_connection_send_lent(struct jgi_connection *connection, const struct jgi_message *message,
                              void (*end)(void *owner), void *owner);
size_t jgi_connection_pending(const struct jgi_connection *connection);
/* So much is pending (4 MiB) that what is said again by itself, or asked for again, is to be left
   out: else a peer that asks and does not read has all memory filled with answers. */
bool jgi_connection_is_behind(const struct jgi_connection *connection);

/* Locked. PING, unless one is on its way since less than a second. */
void jgi_connection_ping(struct jgi_connection *connection);

/* Locked. No callback comes any more. With a status: GOODBYE with it and the text goes first. */
void jgi_connection_close(struct jgi_connection *connection, jg_status status, const char *text);

/* It was closed from here because nothing came, or nothing was taken; for on_end. */
bool jgi_connection_is_silent(const struct jgi_connection *connection);

const char *jgi_connection_peer(const struct jgi_connection *connection);

#endif
