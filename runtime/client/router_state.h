/* SPDX-License-Identifier: MIT */
/* What the files of the router share: router.c (calls in and out, and where they go), node_link.c
   (one node's link), discovery.c (the list of nodes). Everything here is locked by the loop. */
#ifndef JOBGEN_CLIENT_ROUTER_STATE_H
#define JOBGEN_CLIENT_ROUTER_STATE_H

#include "../base/table.h"
#include "router.h"

/* One incarnation of a node. */
struct jgi_peer {
    struct jgi_caller_peer base;
    struct jgi_link link; /* in router->peers, by name */
    struct jgi_table_link by_incarnation;
    struct jgi_router *router;
    char *name, *address, *tags; /* owned */
    unsigned slots, busy;
    bool is_draining;
    bool is_listed;                    /* by control, now */
    bool is_failed;                    /* lost or refused, and not open again: no call goes there */
    bool is_own;                       /* this very node */
    bool has_broken;                   /* the protocol, on its last link */
    struct jgi_connection *connection; /* NULL: none, or being closed */
    struct jgi_alarm redial;
    struct jgi_outgoing outgoing;
    struct jgi_link queue; /* remotes that wait for the link or for credit */
    unsigned queued, held; /* in the queue; with a credit of the node's */
    unsigned credits;
    struct jgi_later drain; /* set: credit or the link has come */
    char why[200];          /* its link ended, or was refused */
};

struct jgi_router {
    struct jgi_router_config config;
    struct jgi_caller caller;
    struct jgi_link peers;
    struct jgi_table peers_by_incarnation;
    size_t peer_count, peers_max;
    uint64_t dial_ns;         /* when the last node in the row of those to be dialed is */
    uint64_t note_ns;         /* not before this a note is written again */
    uint64_t counter;         /* of roundrobin */
    struct jgi_link homeless; /* remotes that no node is there for */
    struct jgi_round round;
    struct jgi_alarm tick;
    uint64_t tick_ns;    /* what it is set to */
    uint64_t args_bytes; /* bulk of arguments that no node has taken yet */
    pthread_cond_t has_room;
    /* Control. */
    char *control_address;
    struct jgi_connection *control;
    struct jgi_alarm redial;
    bool has_list;
    pthread_cond_t list_came;
    jg_status refused; /* by control, for good: another user's, another version; else JG_OK */
    char control_why[200];
    char node_why[200]; /* the last node that could not be reached */
};

/* router.c */
void jgi_router_assign(struct jgi_router *router, struct jgi_remote *remote);
/* A node has come, or one may be used again; or control refuses. */
void jgi_router_assign_homeless(struct jgi_router *router);
/* Out of its peer's queue, if it is in it. */
void jgi_remote_dequeue(struct jgi_remote *remote);
/* Its queue goes to other nodes. */
void jgi_peer_reassign(struct jgi_peer *peer);

/* node_link.c */
struct jgi_peer *jgi_peer_new(struct jgi_router *router, const struct jgi_node_entry *entry);
void jgi_peer_free(struct jgi_peer *peer); /* of one that holds nothing */
void jgi_peer_dial(struct jgi_peer *peer);
void jgi_peer_drain_later(struct jgi_peer *peer);
unsigned jgi_peer_used(const struct jgi_peer *peer); /* of its credits */
/* False: it was left out. */
bool jgi_peer_send(struct jgi_peer *peer, enum jgi_message_kind kind, uint64_t number,
                   struct jgi_remote *remote);
/* Why it is lost. */
const char *jgi_peer_why(const struct jgi_peer *peer);
void jgi_peer_lost(struct jgi_peer *peer);
/* Its node hears of the arguments no more: a piece behind CANCEL or RELEASE breaks the protocol. */
void jgi_remote_stop_shipping(struct jgi_remote *remote);
/* The arguments were taken, or nobody wants them any more. Before the row is gone. */
void jgi_remote_drop_args(struct jgi_remote *remote);
/* They do not count any more. */
void jgi_remote_discount_args(struct jgi_remote *remote);
void jgi_remote_return_credit(struct jgi_remote *remote);

/* discovery.c */
void jgi_discovery_start(struct jgi_router *router);
void jgi_discovery_forget_gone(struct jgi_router *router); /* frees peers that nothing needs */

#endif
