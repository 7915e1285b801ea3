/* SPDX-License-Identifier: MIT */
/* Calls that a pool's jobs make, on nodes: between the pool's hooks and the router. */
#ifndef JOBGEN_CLIENT_NESTED_H
#define JOBGEN_CLIENT_NESTED_H

#include "../worker/pool.h"
#include "image.h"
#include "router.h"

/* Locked. For the pool's hook `route`: true: the router has it, and answers by jgi_pool_answer;
   false: it is a local call, or this node's own turn, or there is no memory: the pool runs it.
   `image`, the program that the call belongs to, is borrowed until the answer; `uses` is one more
   until then; NULL: nobody counts. */
bool jgi_nested_route(struct jgi_router *router, const struct jgi_image *image, unsigned *uses,
                      struct jgi_task *task);

/* Locked. Whose it is what the call has printed; NULL: nobody's any more. */
const struct jgi_task *jgi_nested_task(const struct jgi_remote *remote);

/* Locked. For the hook `unroute`. */
void jgi_nested_unroute(struct jgi_task *task, jg_status status);

#endif
