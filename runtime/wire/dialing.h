/* SPDX-License-Identifier: MIT */
/* From an address to a connected stream of nng's: of a name all addresses, one after the other. */
#ifndef JOBGEN_WIRE_DIALING_H
#define JOBGEN_WIRE_DIALING_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/reaper.h"
#include "resolve.h"
#include "stream_nng.h"

/* The storage is its owner's; zeroed it is one that never began. */
struct jgi_dialing {
    struct jgi_loop *loop;
    /* Locked, once, the last use: connected, or NULL and why not. */
    void (*on_done)(struct jgi_dialing *dialing, nng_stream *nng, const char *why);
    nng_aio *aio;
    nng_stream_dialer *dialer;   /* NULL: none yet */
    struct jgi_burial *burial;   /* its, owned; NULL: there is no dialer */
    struct jgi_resolved *to_try; /* addresses of a name, owned; NULL: it was an address */
    size_t tried;
    const char *failure; /* why the others did not answer */
    bool is_resolving, is_dialing, is_closed;
};

/* All below: locked. */

/* False: no memory, or not an address; nothing has begun. */
bool jgi_dialing_begin(struct jgi_dialing *dialing, struct jgi_loop *loop, const char *address,
                       void (*on_done)(struct jgi_dialing *dialing, nng_stream *nng,
                                       const char *why));

/* on_done is still to come. */
bool jgi_dialing_is_busy(const struct jgi_dialing *dialing);

/* It need not go on; on_done comes soon, if it has not. */
void jgi_dialing_close(struct jgi_dialing *dialing);

/* Of one that is not busy; in on_done, too. */
void jgi_dialing_fini(struct jgi_dialing *dialing);

#endif
