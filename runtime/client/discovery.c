/* SPDX-License-Identifier: MIT */
/* The list of nodes, as control pushes it. The last one is kept: without control work goes on. A
   node that is not listed any more gets calls as long as its link stands, since a control that was
   started again knows nobody yet.

   Whoever is listed is dialed, so the list must not cost what it likes: there are at most
   `peers_max` nodes, of which those that are listed no more and hold no calls go first, and beyond
   a first few they are dialed one by one. */
#define _GNU_SOURCE
#include "router_state.h"

#include "../base/clock.h"
#include "../wire/durations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    REDIAL_MS = 200,
    DIALS_AT_ONCE = 128,     /* then one each DIAL_STEP_NS */
    PEERS_MIN = 16,          /* whatever the limit of descriptors is */
    DESCRIPTORS_PER_PEER = 4 /* one for its link, the others for the program and for large values */
};

#define DIAL_STEP_NS (2 * JGI_MS_NS)
#define NOTE_EVERY_NS (10000 * JGI_MS_NS)

static void dial(struct jgi_router *router);

static struct jgi_peer *find(const struct jgi_router *router, uint64_t incarnation)
{
    struct jgi_table_link *link = jgi_table_find(&router->peers_by_incarnation, incarnation);
    return link == NULL ? NULL : JGI_OWNER(link, struct jgi_peer, by_incarnation);
}

/* Some call is there, or has to be confirmed. */
static bool has_calls(const struct jgi_peer *peer)
{
    return !jgi_list_is_empty(&peer->base.held) || !jgi_list_is_empty(&peer->base.notes) ||
           !jgi_list_is_empty(&peer->queue);
}

static bool is_needed(const struct jgi_peer *peer)
{
    return peer->is_own || peer->is_listed || peer->connection != NULL || has_calls(peer);
}

void jgi_discovery_forget_gone(struct jgi_router *router)
{
    for (struct jgi_link *link = router->peers.next, *next; link != &router->peers; link = next) {
        struct jgi_peer *peer = JGI_OWNER(link, struct jgi_peer, link);
        next = link->next;
        if (!is_needed(peer)) jgi_peer_free(peer);
    }
}

/* A link to each node, and enough descriptors left for the program. */
static size_t count_peers_max(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return PEERS_MIN;
    if (limit.rlim_cur / DESCRIPTORS_PER_PEER >= JGI_NODES_MAX) return JGI_NODES_MAX;
    size_t most = (size_t)limit.rlim_cur / DESCRIPTORS_PER_PEER;
    return most < PEERS_MIN ? PEERS_MIN : most;
}

/* Of those that are not listed any more and have no calls one goes. False: there is none. */
static bool make_room(struct jgi_router *router)
{
    for (struct jgi_link *link = router->peers.next; link != &router->peers; link = link->next) {
        struct jgi_peer *peer = JGI_OWNER(link, struct jgi_peer, link);
        if (peer->is_own || peer->is_listed || has_calls(peer)) continue;
        if (peer->connection != NULL) jgi_connection_close(peer->connection, JG_OK, NULL);
        peer->connection = NULL;
        jgi_peer_free(peer);
        return true;
    }
    return false;
}

/* In its turn. */
static void dial_node(struct jgi_router *router, struct jgi_peer *peer)
{
    uint64_t now_ns = jgi_clock_ns(), burst_ns = DIALS_AT_ONCE * DIAL_STEP_NS;
    if (router->dial_ns + burst_ns < now_ns) router->dial_ns = now_ns - burst_ns;
    router->dial_ns += DIAL_STEP_NS;
    if (router->dial_ns <= now_ns ||
        !jgi_loop_set_alarm(router->config.loop, &peer->redial, router->dial_ns))
        jgi_peer_dial(peer);
}

/* Of a node that is not known yet. NULL: no memory (with the next list perhaps), or too many. */
static struct jgi_peer *add_node(struct jgi_router *router, const struct jgi_node_entry *entry,
                                 size_t *left_out)
{
    if (router->peer_count < router->peers_max || make_room(router))
        return jgi_peer_new(router, entry);
    ++*left_out;
    return NULL;
}

static void take_node(struct jgi_router *router, const struct jgi_node_entry *entry,
                      size_t *left_out)
{
    struct jgi_peer *peer = find(router, entry->incarnation);
    if (peer == NULL) peer = add_node(router, entry, left_out);
    if (peer == NULL) return;
    peer->is_listed = true;
    peer->slots = entry->slots;
    peer->busy = entry->busy;
    peer->is_draining = entry->is_draining;
    /* One that was given up while it was not listed is dialed anew. */
    bool is_dialed = peer->connection != NULL || peer->redial.timer.place != 0;
    if (!is_dialed && !peer->is_own) dial_node(router, peer);
}

static void note_left_out(struct jgi_router *router, size_t listed, size_t left_out)
{
    char line[300];
    uint64_t now_ns = jgi_clock_ns();
    if (left_out == 0 || router->config.on_note == NULL || now_ns < router->note_ns) return;
    router->note_ns = now_ns + NOTE_EVERY_NS;
    (void)snprintf(line, sizeof line,
                   "control at %.100s lists %zu nodes, of which %zu get no calls from here: there "
                   "may be %zu, a quarter of the open files of this process (ulimit -n)",
                   router->control_address, listed, left_out, router->peers_max);
    router->config.on_note(router->config.user, line);
}

/* Those that are known are marked first, so that none of them makes room for others. */
static void take_list(struct jgi_router *router, const struct jgi_message *list)
{
    size_t left_out = 0;
    for (struct jgi_link *link = router->peers.next; link != &router->peers; link = link->next)
        JGI_OWNER(link, struct jgi_peer, link)->is_listed = false;
    for (size_t i = 0; i < list->node_count; i++) {
        struct jgi_peer *peer = find(router, list->nodes[i].incarnation);
        if (peer != NULL) peer->is_listed = true;
    }
    for (size_t i = 0; i < list->node_count; i++)
        take_node(router, &list->nodes[i], &left_out);
    note_left_out(router, list->node_count, left_out);
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
    take_list(router, message);
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
    router->peers_max = count_peers_max();
    if (own.incarnation != 0) (void)jgi_peer_new(router, &own); /* else told by control */
    dial(router);
}
