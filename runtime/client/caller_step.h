/* SPDX-License-Identifier: MIT */
/* Whatever happens to a call goes through one function. Inside of the caller. */
#ifndef JOBGEN_CLIENT_CALLER_STEP_H
#define JOBGEN_CLIENT_CALLER_STEP_H

#include "caller.h"

/* What happens to a row. */
struct jgi_happening {
    enum jgi_call_event event;
    struct jgi_caller_peer *peer;      /* from which, or the holder */
    const struct jgi_message *message; /* NULL: no frame */
    jg_status status;                  /* that the user is told, without RESULT */
    uint64_t now_ns;
};

/* One move by the table. The row may be NULL, and may be gone after it. False: there was no memory,
   nothing happened. */
bool jgi_caller_step(struct jgi_caller *caller, struct jgi_caller_row *row,
                     const struct jgi_happening *what);

/* Of what does not come by a frame: the row is where it is. */
bool jgi_caller_order(struct jgi_caller *caller, struct jgi_caller_row *row,
                      enum jgi_call_event event, jg_status status, uint64_t now_ns);

/* The peer's session is over for this caller, and the peer is down: RELEASE is of no more use, and
   what ran there is lost. */
void jgi_caller_lose(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t now_ns);

#endif
