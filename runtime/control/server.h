/* SPDX-License-Identifier: MIT */
/* Control: one port where nodes and callers meet and people look. docs/design.md. */
#ifndef JOBGEN_CONTROL_SERVER_H
#define JOBGEN_CONTROL_SERVER_H

#include <stddef.h>

#include "../base/loop.h"
#include "../wire/secret.h"

struct jgi_control;

struct jgi_control_config {
    struct jgi_loop *loop;
    const char *address;             /* to listen at, "[::]:3030" */
    const struct jgi_secret *secret; /* borrowed; NULL: all of this machine are served */
    /* Called locked, with a line about a node that came or went; NULL: nobody wants it. */
    void (*on_note)(void *user, const char *line);
    void *user;
};

/* Unlocked. Serves from now on. NULL with a sentence in `ret_text`, and errno as of
   jgi_listener_new. */
struct jgi_control *jgi_control_new(const struct jgi_control_config *config, char *ret_text,
                                    size_t text_size);
/* Where it listens, with the port really taken; lives as long as control. */
const char *jgi_control_address(const struct jgi_control *control);
/* Unlocked. Says goodbye on every link. NULL allowed. */
struct jgi_control *jgi_control_free(struct jgi_control *control);

#endif
