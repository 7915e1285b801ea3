/* SPDX-License-Identifier: MIT */
/* The list of nodes, as control pushes it. The last one is kept: without control work goes on. A
   node that is not listed any more gets calls as long as its link stands, since a control that was
   started again knows nobody yet. */
#define _GNU_SOURCE
#include "router_state.h"

#include "../base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REDIAL_MS = 200 };

static void dial(struct jgi_router *router);

static struct jgi_peer *find(struct jgi_router *router, uint64_t incarnation)
{
    for (struct jgi_link *link = router->peers.next; link != &router->peers; link = link->next) {
        struct jgi_peer *peer = JGI_OWNER(link, struct jgi_peer, link);
        if (peer->incarnation == incarnation) return peer;
    }
    return NULL;
}

static bool is_needed(const struct jgi_peer *peer)
{
    return peer->is_own || peer->is_listed || peer->connection != NULL ||
           !jgi_list_is_empty(&peer->base.held) || !jgi_list_is_empty(&peer->base.notes) ||
           !jgi_list_is_empty(&peer->queue);
}

void jgi_discovery_forget_gone(struct jgi_router *router)
{
    for (struct jgi_link *link = router->peers.next, *next; link != &router->peers; link = next) {
        struct jgi_peer *peer = JGI_OWNER(link, struct jgi_peer, link);
        next = link->next;
        if (!is_needed(peer)) jgi_peer_free(peer);
    }
}

static void take_node(struct jgi_router *router, const struct jgi_node_entry *entry)
{
    struct jgi_peer *peer = find(router, entry->incarnation);
    if (peer == NULL) peer = jgi_peer_new(router, entry);
    if (peer == NULL) return; /* no memory: with the next list perhaps */
    peer->is_listed = true;
    peer->slots = entry->slots;
    peer->busy = entry->busy;
    peer->is_draining = entry->is_draining;
    /* One that was given up while it was not listed is dialed anew. */
    bool is_dialed = peer->connection != NULL || peer->redial.timer.place != 0;
    if (!is_dialed) jgi_peer_dial(peer);
}

/* Whoever is listed no more and was never reached is not waited for: lists of ever other nodes
   would cost ever more links. */
static void abandon_gone(struct jgi_router *router)
{
    for (struct jgi_link *link = router->peers.next; link != &router->peers; link = link->next) {
        struct jgi_peer *peer = JGI_OWNER(link, struct jgi_peer, link);
        if (!peer->is_listed && peer->connection != NULL && peer->base.session == 0)
            jgi_caller_refused(&router->caller, &peer->base, peer->base.dial_count, jgi_clock_ns());
    }
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct jgi_router *router = user;
    (void)connection;
    if (message->kind != JGI_MESSAGE_NODES) return; /* of a later version */
    router->has_list = true;
    router->refused = JG_OK;
    (void)pthread_cond_broadcast(&router->list_came);
    for (struct jgi_link *link = router->peers.next; link != &router->peers; link = link->next)
        JGI_OWNER(link, struct jgi_peer, link)->is_listed = false;
    for (size_t i = 0; i < message->node_count; i++)
        take_node(router, &message->nodes[i]);
    abandon_gone(router);
    jgi_discovery_forget_gone(router);
    jgi_router_assign_homeless(router);
}

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    (void)connection;
    (void)user;
    (void)hello;
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct jgi_router *router = user;
    (void)connection;
    router->control = NULL;
    router->refused = status == JG_EAUTH || status == JG_EMISMATCH ? status : JG_OK;
    (void)snprintf(router->control_why, sizeof router->control_why, "%s", why);
    if (router->refused != JG_OK) {
        (void)pthread_cond_broadcast(&router->list_came);
        jgi_router_assign_homeless(router);
    }
    (void)jgi_loop_set_alarm(router->config.loop, &router->redial,
                             jgi_clock_deadline(REDIAL_MS)); /* else not dialed again */
}

static const struct jgi_connection_handler handler = {
    .on_open = on_open, .on_message = on_message, .on_end = on_end};

static void dial(struct jgi_router *router)
{
    struct jgi_connection_config config = {.loop = router->config.loop,
                                           .handler = &handler,
                                           .user = router,
                                           .secret = router->config.secret,
                                           .is_upgraded = true};
    struct jgi_message hello = {.role = JGI_PEER_CALLER,
                                .incarnation = router->caller.incarnation,
                                .name = router->config.name};
    router->control = jgi_connection_dial(&config, router->control_address, &hello);
    if (router->control == NULL) on_end(NULL, router, JG_ENOMEM, "no memory to dial it");
}

static void on_redial(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    (void)loop;
    dial(JGI_OWNER(alarm, struct jgi_router, redial));
}

void jgi_discovery_start(struct jgi_router *router)
{
    struct jgi_node_entry own = {.name = router->config.name,
                                 .address = "",
                                 .tags = "",
                                 .incarnation = router->config.own_incarnation,
                                 .slots = 1};
    router->redial.on_due = on_redial;
    if (own.incarnation != 0) (void)jgi_peer_new(router, &own); /* else told by control */
    dial(router);
}
