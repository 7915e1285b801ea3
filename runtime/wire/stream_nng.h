/* SPDX-License-Identifier: MIT */
/* What streams and listeners share of nng. */
#ifndef JOBGEN_WIRE_STREAM_NNG_H
#define JOBGEN_WIRE_STREAM_NNG_H

#include <nng/nng.h>
#include <stdbool.h>
#include <stddef.h>

#include "stream.h"

enum { JGI_URL_SIZE = 300 };

/* Before all else of nng's; any thread, any number of times. */
void jgi_nng_begin(void);

/* "tcp://host:port" of "host:port"; false: not an address, or longer than `size`. Addresses come
   from peers too. */
bool jgi_nng_url(const char *address, char *ret_url, size_t size);

/* Locked. A stream of what nng has accepted and gives away; on_accept must set a handler or close.
   No memory: it is closed. */
void jgi_stream_accepted(struct jgi_loop *loop, nng_stream *nng,
                         void (*on_accept)(struct jgi_stream *stream, void *user), void *user);

#endif
