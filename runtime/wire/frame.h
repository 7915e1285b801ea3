/* SPDX-License-Identifier: MIT */
/* Frames between a pool and its workers: a fixed head, the segment table, the message; bulk in a
   memfd beside them. Both ends are on one machine but may be of two builds, so the layout changes
   only with JGI_ZYGOTE_PROTOCOL (HELLO of the zygote carries it). Nothing here trusts the other
   side.
 */
#ifndef JOBGEN_WIRE_FRAME_H
#define JOBGEN_WIRE_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../base/buffer.h"
#include "payload.h"

enum jgi_frame_kind {
    /* pool -> worker */
    JGI_FRAME_RUN = 1, /* call: number of the execution; job; claim; payload: arguments */
    JGI_FRAME_ANSWER,  /* call: as in CALL; status; payload: result, or a failure (failure.h) */
    /* worker -> pool */
    JGI_FRAME_RESULT, /* call: as in RUN; status; payload: result, or a failure; run_ns */
    JGI_FRAME_CALL,   /* call: number chosen by the worker; job; where, fanout, timeout_ms, retries,
                         priority; arguments */
    JGI_FRAME_CANCEL, /* call: as in CALL; no answer is wanted any more */
    JGI_FRAME_WAITING, /* the worker lends its slot */
    JGI_FRAME_RESUMED, /* and takes it back */
    /* pool -> worker, before the first RUN */
    JGI_FRAME_NODE, /* message: the node's name; without it the worker is local */
    /* worker -> pool */
    JGI_FRAME_LEFT, /* results have been left in the claims, and nothing else is sent soon */
    JGI_FRAME_KIND_COUNT
};

struct jgi_frame_head {
    uint32_t kind;
    uint32_t size; /* bytes behind the head: segment table, then message */
    uint64_t call;
    uint64_t job; /* interface hash */
    uint64_t bulk_size;
    uint64_t run_ns;
    uint32_t status;
    uint32_t segment_count;
    uint32_t has_bulk; /* one memfd came with it */
    uint32_t claim;    /* RUN: index in struct jgi_claims */
    int32_t timeout_ms;
    int32_t retries;
    int32_t priority;
    uint32_t will_wait; /* CALL: of a blocking form */
    uint32_t unused;
    uint16_t where;
    uint16_t fanout;
};

enum { JGI_FRAME_SEGMENTS_MAX = 256 };
/* More than a message below JGI_BULK_MIN and a full segment table take. */
#define JGI_FRAME_SIZE_MAX ((uint32_t)(128 * 1024))

/* Adds head and payload (both borrowed; size and counts of the head are filled in here) to `out`;
   the memfd is sent by the caller beside it. False: no memory. */
bool jgi_frame_add(struct jgi_buffer *out, struct jgi_frame_head *head,
                   const struct jgi_payload *payload);

/* Frames as they arrive on one socket. */
struct jgi_frame_reader {
    struct jgi_buffer buffer;
    int fds[16]; /* received and not yet claimed by a frame, in order */
    size_t fd_count;
};

void jgi_frame_reader_fini(struct jgi_frame_reader *reader);

/* Reads what is there. 1: something came; 0: end of file; -1 with errno (EAGAIN with MSG_DONTWAIT;
   EPROTO: too many descriptors). */
int jgi_frame_fill(struct jgi_frame_reader *reader, int socket_fd, int flags);

/* The next whole frame: 1, with the head and its payload (owned by the caller: jgi_payload_fini);
   0: none yet; -1 with errno: EPROTO for bytes that are no frame, ENOMEM. */
int jgi_frame_next(struct jgi_frame_reader *reader, struct jgi_frame_head *ret_head,
                   struct jgi_payload *ret_payload);

#endif
