/* SPDX-License-Identifier: MIT */
/* Where streams are accepted. */
#ifndef JOBGEN_WIRE_LISTENER_H
#define JOBGEN_WIRE_LISTENER_H

#include <stddef.h>

#include "../base/loop.h"

struct jgi_stream;
struct jgi_listener;

/* Unlocked. Listens; `address` as above, port 0: a free one. NULL with a sentence in `ret_text` and
   errno: EINVAL (not an address), EADDRINUSE, ENOMEM, EMFILE, else what is not of this machine.
   on_accept comes locked and must set a handler or close. Accept errors are waited out. */
struct jgi_listener *jgi_listener_new(struct jgi_loop *loop, const char *address,
                                      void (*on_accept)(struct jgi_stream *stream, void *user),
                                      void *user, char *ret_text, size_t text_size);
/* "[::]:3030", with the port really taken; "0.0.0.0:3030" on a machine without IPv6. */
const char *jgi_listener_address(const struct jgi_listener *listener);
unsigned jgi_listener_port(const struct jgi_listener *listener);
/* Unlocked. Ends accepting; NULL allowed. */
struct jgi_listener *jgi_listener_free(struct jgi_listener *listener);

#endif
