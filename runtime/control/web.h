/* SPDX-License-Identifier: MIT */
/* What comes to control's port: browsers and tools are answered by HTTP, programs get a link.

   One request per connection. At most 64 connections at once, of which the oldest goes first, and
   10 s for a head. */
#ifndef JOBGEN_CONTROL_WEB_H
#define JOBGEN_CONTROL_WEB_H

#include <stdbool.h>

#include "../base/loop.h"
#include "../wire/stream.h"
#include "register.h"

struct jgi_web;

struct jgi_web_config {
    struct jgi_loop *loop;
    struct jgi_register *registry; /* borrowed: whose list is shown, and who takes links */
    bool is_open_loopback;         /* other users of this machine are served too */
};

/* NULL: no memory. */
struct jgi_web *jgi_web_new(const struct jgi_web_config *config);
/* Unlocked. NULL allowed. */
struct jgi_web *jgi_web_free(struct jgi_web *web);

/* All below: locked. */

/* The port that visitors come to: by it the other end of their sockets is known. */
void jgi_web_set_port(struct jgi_web *web, unsigned port);

void jgi_web_take(struct jgi_web *web, struct jgi_stream *stream);

#endif
