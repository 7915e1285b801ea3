/* SPDX-License-Identifier: MIT */
/* From the name of a machine to its addresses, all of them: the first one may be of a family that
   nobody listens on. */
#ifndef JOBGEN_WIRE_RESOLVE_H
#define JOBGEN_WIRE_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/loop.h"

enum { JGI_RESOLVED_MAX = 8 };

struct jgi_resolved {
    char addresses[JGI_RESOLVED_MAX][64]; /* "[::1]:3030", in numbers, as they are to be tried */
    size_t count;
    const char *why; /* if there is none; lives for ever */
};

/* Locked. Asks the system by a thread, which may take it long; then `on_resolved` comes, locked.
   False: no memory or threads. */
bool jgi_resolve(struct jgi_loop *loop, const char *address,
                 void (*on_resolved)(void *user, const struct jgi_resolved *resolved), void *user);

#endif
