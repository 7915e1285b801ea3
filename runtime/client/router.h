/* SPDX-License-Identifier: MIT */
/* Calls on nodes: finds the nodes by control, chooses one for each call, speaks with them, and ends
   each call once. The protocol's decisions are caller.c's, the choice is choose.c's; here are the
   links, queues and limits. Everything is locked by the loop. */
#ifndef JOBGEN_CLIENT_ROUTER_H
#define JOBGEN_CLIENT_ROUTER_H

#include <jobgen/runtime.h>

#include "../base/loop.h"
#include "../wire/outcome.h"
#include "../wire/transfer.h"
#include "caller.h"
#include "image.h"

struct jgi_router;
struct jgi_remote;

struct jgi_router_config {
    struct jgi_loop *loop;           /* borrowed, as all below */
    const char *control;             /* "host:port"; copied */
    const struct jgi_secret *secret; /* NULL: JOBGEN_OPEN_LOOPBACK */
    const char *name;                /* of the program, or of the node that calls for its jobs */
    bool is_output_tagged;           /* each line's very execution must be known */
    uint64_t own_incarnation;        /* of the node that this is, which is among those chosen; 0 */
    /* Lines that a job printed. */
    void (*on_output)(void *user, struct jgi_remote *remote, int stream, const char *node,
                      const char *lines, size_t size);
    /* Called locked, with a line on what is wrong with the cluster, now and then; NULL: nobody
       wants it. */
    void (*on_note)(void *user, const char *line);
    void *user;
};

/* One call; the storage is its owner's, until on_end. */
struct jgi_remote {
    /* Set by the owner before the submission. */
    const char *job_name;
    uint64_t job;
    bool is_reuse, is_nested;
    uint64_t deadline_ns; /* JGI_NEVER: none */
    int timeout_ms;       /* what it was made of, for the message */
    enum jg_fanout fanout;
    struct jgi_call_intervals intervals;
    uint32_t set_interval_ms;
    bool is_waited; /* from its begin on */
    const struct jgi_image *image;
    struct jgi_payload args; /* the router's from the submission on */
    void *user;
    /* Once, the last use: takes what the outcome holds. */
    void (*on_end)(struct jgi_remote *remote, struct jgi_outcome *outcome);
    /* Instead of on_end: no other node is there any more, and it may run on this very one; the
       arguments are the owner's. NULL: never. */
    void (*on_own)(struct jgi_remote *remote);

    /* The router's. */
    struct jgi_router *router;
    struct jgi_link link; /* in a peer's queue, or among those that no node is there for */
    struct jgi_peer *peer;
    struct jgi_caller_row *row;
    struct jgi_alarm alarm; /* the deadline, or the wait for a node */
    uint64_t node_by_ns;    /* as long it waits for a node to be there */
    bool is_queued;         /* in its peer's queue */
    bool holds_credit;
    bool was_started;    /* over this link */
    bool has_outcome;    /* a RESULT came; its bulk may still be on the way */
    uint64_t args_bytes; /* as counted by the router */
    struct jgi_outcome outcome;
    struct jgi_incoming incoming;
    uint64_t printed[2]; /* bytes of each stream handed on */
    const char *cause;   /* of a stop; borrowed */
    char *refusal;       /* the last node's reason; owned; NULL: none refused */
    jg_status refusal_status;
};

/* NULL: no memory. Dials control at once. */
struct jgi_router *jgi_router_new(const struct jgi_router_config *config);

/* Begins the call. False: it is to run on this very node (own_incarnation): nothing was begun, the
   arguments are the owner's. */
bool jgi_router_submit(struct jgi_router *router, struct jgi_remote *remote);

/* Ends it now, by on_end, with this status; what runs on a node is ended after it. */
void jgi_router_stop(struct jgi_remote *remote, jg_status status, const char *cause);

/* Somebody begins or ceases to wait for it. */
void jgi_router_wait(struct jgi_remote *remote, bool is_waited);

/* Waits, with the lock given up, while arguments that no node has taken yet hold much memory. */
void jgi_router_await_room(struct jgi_router *router);

/* Waits, with the lock given up, until there is a list, control refuses or the moment has come. */
void jgi_router_await_list(struct jgi_router *router, uint64_t deadline_ns);

/* The nodes as seen now, for jg_nodes: calls `each` for all that are listed or linked. JG_OK; there
   is no list yet: JG_ECONTROL, or as control has refused; `ret_text` says why. */
jg_status jgi_router_nodes(struct jgi_router *router,
                           void (*each)(void *user, const struct jgi_node_entry *node), void *user,
                           char *ret_text, size_t text_size);

#endif
