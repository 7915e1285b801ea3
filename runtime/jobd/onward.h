/* SPDX-License-Identifier: MIT */
/* Calls onward: what jobs on this node call goes to other nodes, or stays here when it is its turn.
 */
#ifndef JOBGEN_JOBD_ONWARD_H
#define JOBGEN_JOBD_ONWARD_H

#include "../client/router.h"
#include "../node/server.h"

/* Locked. `server` gets what those calls print. NULL: no memory. */
struct jgi_onward *jgi_onward_new(const struct jgi_router_config *config,
                                  struct jgi_server *server);

/* Locked. For the server's hooks. */
bool jgi_onward_route(struct jgi_onward *onward, const struct jgi_origin *origin,
                      struct jgi_task *task);

#endif
