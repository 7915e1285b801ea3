/* SPDX-License-Identifier: MIT */
/* Frames on links: a length, a protobuf head (link.proto), and raw bytes behind it. docs/wire.md.

   On the wire, little-endian: u32 bytes that follow the two words; u32 bytes of the head; head;
   body. */
#ifndef JOBGEN_WIRE_MESSAGE_H
#define JOBGEN_WIRE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buffer.h"
#include "arena.h"
#include "payload.h"

enum jgi_message_kind {
    JGI_MESSAGE_NONE,
    /* both ways */
    JGI_MESSAGE_GREETING, /* the accepting side, at once: version_min, version_max, nonce */
    JGI_MESSAGE_HELLO,    /* dialing side, then accepting side */
    JGI_MESSAGE_GOODBYE,  /* status, text: why the link is closed; nothing follows */
    JGI_MESSAGE_PING,
    JGI_MESSAGE_PONG,
    /* caller -> node */
    JGI_MESSAGE_START,
    JGI_MESSAGE_ASK,
    JGI_MESSAGE_CANCEL,
    JGI_MESSAGE_RELEASE,
    /* node -> caller */
    JGI_MESSAGE_ACCEPTED,
    JGI_MESSAGE_NEED, /* no row: WANTs follow; START comes again when they are met */
    JGI_MESSAGE_REFUSED,
    JGI_MESSAGE_RUNNING, /* waits: it has lent its slot and given back its credit */
    JGI_MESSAGE_RESULT,
    JGI_MESSAGE_UNKNOWN,
    JGI_MESSAGE_RELEASED,
    JGI_MESSAGE_WAITING, /* the execution waits for others: its credit is given back */
    JGI_MESSAGE_OUTPUT,  /* number, stream, offset in it; body: whole lines */
    /* whoever needs bytes, whoever has them: docs/wire.md, Transfers */
    JGI_MESSAGE_WANT,  /* object, number or program, offset, size; size 0: nothing more, it is here
                        */
    JGI_MESSAGE_PIECE, /* object, number or program, offset; body: the bytes */
    /* node -> control, control -> all */
    JGI_MESSAGE_REGISTER, /* node[0] */
    JGI_MESSAGE_NODES,    /* revision, node[]: the whole list */
    JGI_MESSAGE_KIND_COUNT
};

enum jgi_role { JGI_PEER_NONE, JGI_PEER_CALLER, JGI_PEER_NODE, JGI_PEER_CONTROL, JGI_PEER_COMMAND };

enum jgi_object { JGI_OBJECT_NONE, JGI_OBJECT_ARGS, JGI_OBJECT_RESULT, JGI_OBJECT_PROGRAM };

enum {
    JGI_MESSAGE_PREFIX = 8, /* bytes before the head */
    JGI_MESSAGE_HEAD_MAX = 256 * 1024,
    JGI_MESSAGE_BODY_MAX = 1024 * 1024,
    JGI_MESSAGE_HELLO_MAX = 4096, /* a whole frame before HELLO was accepted */
    JGI_PIECE_SIZE = 256 * 1024,
    JGI_NONCE_SIZE = 16,
    JGI_PROOF_SIZE = 32,
    JGI_DIGEST_SIZE = 32,
    JGI_NODES_MAX = 1024
};

struct jgi_node_entry {
    const char *name, *address, *tags; /* never NULL */
    uint64_t incarnation;
    uint32_t slots, busy;
    bool is_draining;
};

/* One frame; what its kind has not is 0 or NULL. Strings and arrays are borrowed. */
struct jgi_message {
    enum jgi_message_kind kind;
    uint64_t number, floor;
    uint32_t status;
    const char *text;

    uint32_t version_min, version_max;
    uint32_t role; /* enum jgi_role */
    uint64_t incarnation, session;
    uint32_t dial_count;
    const uint8_t *nonce, *proof; /* JGI_NONCE_SIZE, JGI_PROOF_SIZE */
    const char *name;
    uint32_t credits;

    const uint8_t *program; /* JGI_DIGEST_SIZE */
    uint64_t job;
    const char *job_name;
    bool is_reuse, is_nested, is_remote, is_tagged;
    uint32_t time_left_ms, set_interval_ms, limit_ms; /* 0: no limit */
    const struct jgi_segment *segments;
    size_t segment_count;
    uint64_t bulk_size;

    uint32_t object;       /* enum jgi_object */
    uint64_t offset, size; /* START: size of the program's file */

    int32_t signal_number, exit_code;
    const char *last_output;
    bool waits;
    uint32_t stream;

    const struct jgi_node_entry *nodes;
    size_t node_count;
    uint64_t revision;
    uint32_t period_ms;

    const uint8_t *body;
    size_t body_size;
};

/* Adds the frame to `out`; with body NULL the body_size bytes at its end are left to be filled.
 * False: no memory (nothing added), or larger than a frame may be. */
bool jgi_message_add(struct jgi_buffer *out, const struct jgi_message *message);

/* The same without the body, which the caller sends behind it. */
bool jgi_message_add_head(struct jgi_buffer *out, const struct jgi_message *message);

/* A received frame; what it points to lives until jgi_message_fini, the body as long as the bytes
   that it was read from. */
struct jgi_received {
    struct jgi_message message;
    struct jgi_arena arena;
};

/* The first frame in `bytes`. 1: there, with its size in bytes; 0: not whole yet; -1: no frame, or
   larger than `frame_max` (errno EPROTO), or no memory (ENOMEM). Bytes from anybody: nothing is
   allocated by a length that was only told; memory is bounded by a multiple of the head's size;
   names and texts are bounded; segments and sizes are in their ranges; unknown fields are dropped.
 */
int jgi_message_read(const uint8_t *bytes, size_t size, size_t frame_max,
                     struct jgi_received *ret_received, size_t *ret_frame_size);
/* The same of a frame whose body, of body_size bytes, may not be here yet: body is NULL, and the
   size is that of all before it. */
int jgi_message_read_head(const uint8_t *bytes, size_t size, size_t frame_max,
                          struct jgi_received *ret_received, size_t *ret_head_size);
/* Copies the message and the segments of START or RESULT, not the bulk, into an empty one. False:
   no memory; what was copied is the payload's. */
bool jgi_message_copy_payload(const struct jgi_message *message, struct jgi_payload *ret_payload);
void jgi_message_fini(struct jgi_received *received);

#endif
