/* SPDX-License-Identifier: MIT */
/* The links of nodes, callers and commands: nodes register over them, and all are told the list. */
#ifndef JOBGEN_CONTROL_REGISTER_H
#define JOBGEN_CONTROL_REGISTER_H

#include <stdbool.h>

#include "../base/loop.h"
#include "../wire/secret.h"
#include "../wire/stream.h"
#include "directory.h"

struct jgi_register;

struct jgi_register_config {
    struct jgi_loop *loop;
    const struct jgi_secret *secret; /* borrowed; NULL: nobody proves anything */
    /* Called locked, with a line about a node that came or went; NULL: nobody wants it. */
    void (*on_note)(void *user, const char *line);
    void *user;
};

/* NULL: no memory, or no random bytes. */
struct jgi_register *jgi_register_new(const struct jgi_register_config *config);
/* Unlocked. Says goodbye on every link. NULL allowed. */
struct jgi_register *jgi_register_free(struct jgi_register *registry);

/* All below: locked. */

bool jgi_register_is_full(const struct jgi_register *registry);

/* Takes a stream whose upgrade was answered; `in` is what came behind the request. */
void jgi_register_take(struct jgi_register *registry, struct jgi_stream *stream,
                       struct jgi_buffer *in);

/* Borrowed. */
struct jgi_directory *jgi_register_directory(struct jgi_register *registry);

#endif
