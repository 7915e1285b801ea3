/* SPDX-License-Identifier: MIT */
/* Calls on nodes: in, to a node, and out.

   Happy path: a call gets a row (caller.c) and a node (choose.c), waits in the node's queue for its
   link and for credit, goes there by START, and ends with RESULT. What goes wrong: no node is there
   (it waits among the homeless, 5 s at most); the node refuses (the next one gets it, or the reason
   ends it); the node is lost (what may have run ends as JG_ENODE, what was only queued goes
   elsewhere); the deadline comes or the owner stops it. */
#define _GNU_SOURCE
#include "router_state.h"

#include "../base/clock.h"
#include "../wire/durations.h"
#include "choose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A fan-out is to keep all nodes busy with sending, and not to hold all its arguments at once. */
#define ARGS_BYTES_MAX (UINT64_C(256) << 20)

static void enqueue(struct jgi_remote *remote, struct jgi_peer *peer)
{
    remote->peer = peer;
    remote->is_queued = true;
    peer->queued++;
    jgi_list_add_last(&peer->queue, &remote->link);
    jgi_peer_drain_later(peer);
}

void jgi_remote_dequeue(struct jgi_remote *remote)
{
    jgi_list_remove(&remote->link);
    if (remote->is_queued) remote->peer->queued--;
    remote->is_queued = false;
}

static void finish(struct jgi_remote *remote, struct jgi_outcome *outcome)
{
    struct jgi_router *router = remote->router;
    jgi_loop_clear_alarm(router->config.loop, &remote->alarm);
    jgi_remote_dequeue(remote);
    jgi_remote_return_credit(remote);
    jgi_remote_drop_args(remote);
    jgi_incoming_abandon(&remote->incoming);
    if (!remote->has_outcome || outcome != &remote->outcome)
        jgi_outcome_fini(&remote->outcome); /* its bulk, should it have begun to come */
    free(remote->refusal);
    remote->refusal = NULL;
    if (outcome->node == NULL)
        outcome->node = strdup(remote->peer != NULL ? remote->peer->name : "");
    remote->on_end(remote, outcome);
}

static void finish_failed(struct jgi_remote *remote, jg_status status, const char *cause)
{
    struct jgi_outcome outcome = JGI_OUTCOME_INIT;
    jgi_outcome_fail(&outcome, status, "%s", cause);
    finish(remote, &outcome);
}

/* Its node is lost. */
static void finish_lost(struct jgi_remote *remote)
{
    char cause[300];
    (void)snprintf(cause, sizeof cause, "node %s was lost while it may have run there: %s",
                   remote->peer == NULL ? "?" : remote->peer->name,
                   remote->peer == NULL ? "it does not answer" : jgi_peer_why(remote->peer));
    finish_failed(remote, JG_ENODE, cause);
}

static void on_ended(void *user, void *row_user, jg_status status, const struct jgi_message *result)
{
    struct jgi_remote *remote = row_user;
    (void)user;
    jgi_remote_drop_args(remote); /* as long as there is a row, which knows the number */
    remote->row = NULL;
    if (result != NULL && remote->has_outcome)
        finish(remote, &remote->outcome);
    else if (status == JG_ENODE)
        finish_lost(remote);
    else
        finish_failed(remote, status,
                      remote->cause != NULL     ? remote->cause
                      : remote->refusal != NULL ? remote->refusal
                                                : jg_strerror(status));
}

static bool on_send(void *user, struct jgi_caller_peer *base, enum jgi_message_kind kind,
                    uint64_t number, struct jgi_caller_row *row)
{
    (void)user;
    return jgi_peer_send(base->user, kind, number, row == NULL ? NULL : row->user);
}

static void on_place(void *user, struct jgi_caller_row *row, const struct jgi_message *refusal)
{
    struct jgi_router *router = user;
    struct jgi_remote *remote = row->user;
    if (remote == NULL) return;
    jgi_remote_return_credit(remote);
    jgi_remote_stop_shipping(remote);
    if (refusal != NULL) {
        char *text = NULL;
        if (asprintf(&text, "node %s refused it: %s", remote->peer->name,
                     refusal->text == NULL ? jg_strerror((jg_status)refusal->status)
                                           : refusal->text) < 0)
            text = NULL;
        free(remote->refusal);
        remote->refusal = text;
        remote->refusal_status = (jg_status)refusal->status;
    }
    jgi_router_assign(router, remote);
}

static void on_lost(void *user, struct jgi_caller_peer *base)
{
    (void)user;
    jgi_peer_lost(base->user);
}

static const struct jgi_caller_hooks hooks = {
    .send = on_send, .place = on_place, .ended = on_ended, .lost = on_lost};

static bool is_eligible(const struct jgi_peer *peer)
{
    bool is_ready = peer->base.state == JGI_PEER_READY;
    if (peer->is_draining) return false;
    return peer->is_own || is_ready || (peer->is_listed && !peer->is_failed);
}

/* Where this one may go: not where it was refused. */
static bool may_go(const struct jgi_remote *remote, const struct jgi_peer *peer)
{
    if (!is_eligible(peer)) return false;
    if (peer->is_own) return remote->row == NULL;
    return peer->base.state != JGI_PEER_READY || remote->row == NULL ||
           jgi_caller_may_place(remote->row, &peer->base);
}

/* NULL: none. */
static struct jgi_peer *choose(struct jgi_router *router, const struct jgi_remote *remote)
{
    struct jgi_choice few[64], *choices = few;
    struct jgi_peer *chosen = NULL;
    size_t count = 0;
    uint64_t random = 0;
    if (router->peer_count > sizeof few / sizeof *few &&
        (choices = calloc(router->peer_count, sizeof *choices)) == NULL)
        return NULL;
    for (struct jgi_link *link = router->peers.next; link != &router->peers; link = link->next) {
        const struct jgi_peer *peer = JGI_OWNER(link, struct jgi_peer, link);
        choices[count++] = (struct jgi_choice){.slots = peer->slots,
                                               .outstanding = peer->queued + jgi_peer_used(peer),
                                               .is_eligible = may_go(remote, peer)};
    }
    if (remote->fanout == JG_RANDOM && getrandom(&random, sizeof random, 0) < 0)
        random = jgi_clock_ns();
    size_t index = jgi_choose(remote->fanout, choices, count, &router->counter, random);
    if (index < count) {
        struct jgi_link *link = router->peers.next;
        while (index-- > 0)
            link = link->next;
        chosen = JGI_OWNER(link, struct jgi_peer, link);
    }
    if (choices != few) free(choices);
    return chosen;
}

/* Its cause, where no node can be reached. */
static jg_status say_no_node(const struct jgi_router *router, char *ret_text, size_t text_size)
{
    const char *why = router->control_why[0] == '\0' ? "no answer" : router->control_why;
    if (router->has_list) {
        (void)snprintf(
            ret_text, text_size,
            "control at %s knows no node that can be reached: start one with jobd node%s%s",
            router->control_address, router->node_why[0] == '\0' ? "" : "; ", router->node_why);
        return JG_ENONODES;
    }
    bool is_away = router->refused == JG_OK;
    (void)snprintf(ret_text, text_size, "control at %s %s: %s%s", router->control_address,
                   is_away ? "cannot be reached" : "refuses this program", why,
                   is_away ? "; start it with jobd control, or set JOBGEN_CONTROL to where it is"
                           : "");
    return router->refused == JG_OK ? JG_ECONTROL : router->refused;
}

static void fail_without_node(struct jgi_remote *remote)
{
    char cause[400];
    jg_status status = say_no_node(remote->router, cause, sizeof cause);
    remote->cause = cause;
    jgi_caller_fail(&remote->router->caller, remote->row, status, jgi_clock_ns());
}

/* At that moment, or at its deadline if that is earlier. False: no memory; never once it was set.
 */
static bool set_alarm(struct jgi_remote *remote, uint64_t due_ns)
{
    return jgi_loop_set_alarm(remote->router->config.loop, &remote->alarm,
                              due_ns < remote->deadline_ns ? due_ns : remote->deadline_ns);
}

/* No node is there: for a while one may come. */
static void await_node(struct jgi_router *router, struct jgi_remote *remote)
{
    uint64_t now_ns = jgi_clock_ns();
    remote->peer = NULL;
    jgi_list_add_last(&router->homeless, &remote->link);
    if (!router->has_list && router->refused != JG_OK) {
        fail_without_node(remote);
        return;
    }
    if (remote->node_by_ns <= now_ns) remote->node_by_ns = now_ns + JGI_FIRST_NODE_NS;
    (void)set_alarm(remote, remote->node_by_ns); /* it has room */
}

/* It was never taken by another node, or refused. */
static void return_to_owner(struct jgi_router *router, struct jgi_remote *remote)
{
    jgi_loop_clear_alarm(router->config.loop, &remote->alarm);
    jgi_caller_forget(&router->caller, remote->row, jgi_clock_ns());
    remote->row = NULL;
    free(remote->refusal);
    remote->refusal = NULL;
    jgi_remote_discount_args(remote);
    remote->on_own(remote);
}

void jgi_router_assign(struct jgi_router *router, struct jgi_remote *remote)
{
    struct jgi_peer *peer = choose(router, remote);
    if (peer != NULL) {
        enqueue(remote, peer);
    } else if (router->config.own_incarnation != 0 && remote->on_own != NULL) {
        return_to_owner(router, remote);
    } else if (remote->refusal != NULL) {
        jgi_caller_fail(&router->caller, remote->row, remote->refusal_status, jgi_clock_ns());
    } else {
        await_node(router, remote);
    }
}

static void take_all(struct jgi_link *from, struct jgi_link *ret_all)
{
    jgi_list_init(ret_all);
    while (!jgi_list_is_empty(from)) {
        struct jgi_link *link = from->next;
        jgi_list_remove(link);
        jgi_list_add_last(ret_all, link);
    }
}

void jgi_router_assign_homeless(struct jgi_router *router)
{
    struct jgi_link all;
    take_all(&router->homeless, &all);
    while (!jgi_list_is_empty(&all)) {
        struct jgi_remote *remote = JGI_OWNER(all.next, struct jgi_remote, link);
        jgi_list_remove(&remote->link);
        jgi_router_assign(router, remote);
    }
}

void jgi_peer_reassign(struct jgi_peer *peer)
{
    struct jgi_link all;
    take_all(&peer->queue, &all);
    peer->queued = 0;
    for (struct jgi_link *link = all.next; link != &all; link = link->next) {
        struct jgi_remote *remote = JGI_OWNER(link, struct jgi_remote, link);
        remote->is_queued = false; /* all of them: one that is assigned may end another one */
        remote->peer = NULL;
    }
    while (!jgi_list_is_empty(&all)) {
        struct jgi_remote *remote = JGI_OWNER(all.next, struct jgi_remote, link);
        jgi_list_remove(&remote->link);
        if (peer->credits > 0) remote->node_by_ns = 0; /* a node was there: it waits anew */
        jgi_router_assign(peer->router, remote);
    }
}

/* ---- limits ---- */

/* There is one that it may go to when its queue has moved, or is lost. */
static bool has_linked_node(const struct jgi_remote *remote)
{
    const struct jgi_link *peers = &remote->router->peers;
    for (const struct jgi_link *link = peers->next; link != peers; link = link->next) {
        const struct jgi_peer *peer = JGI_OWNER(link, const struct jgi_peer, link);
        if (peer->base.state == JGI_PEER_READY && may_go(remote, peer)) return true;
    }
    return false;
}

/* Of what a node has taken it is not known whether it has begun there. */
static void say_late(const struct jgi_remote *remote, bool is_placed, char *ret_text,
                     size_t text_size)
{
    const struct jgi_peer *peer = remote->peer;
    if (is_placed || peer == NULL)
        (void)snprintf(ret_text, text_size, "it had not ended after %d ms, its time limit",
                       remote->timeout_ms);
    else
        (void)snprintf(ret_text, text_size,
                       "it had not begun after %d ms, its time limit: it waited for node %.200s%s",
                       remote->timeout_ms, peer->name,
                       peer->base.state == JGI_PEER_READY ? " to have room"
                                                          : ", which has not answered");
}

static void on_alarm(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_remote *remote = JGI_OWNER(alarm, struct jgi_remote, alarm);
    char cause[400];
    bool is_over = jgi_clock_ns() >= remote->deadline_ns;
    bool is_placed = remote->row->state != JGI_CALL_NEW || remote->holds_credit;
    (void)loop;
    if (!is_placed && (is_over ? remote->peer == NULL : !has_linked_node(remote))) {
        fail_without_node(remote);
    } else if (!is_over) {
        (void)set_alarm(remote, remote->deadline_ns); /* it has room */
    } else {
        say_late(remote, is_placed, cause, sizeof cause);
        jgi_router_stop(remote, JG_ETIMEOUT, cause);
    }
}

bool jgi_router_submit(struct jgi_router *router, struct jgi_remote *remote)
{
    remote->router = router;
    remote->node_by_ns = jgi_clock_ns() + JGI_FIRST_NODE_NS;
    remote->row = NULL;
    remote->alarm = (struct jgi_alarm){.on_due = on_alarm};
    remote->holds_credit = remote->has_outcome = remote->is_queued = false;
    remote->was_started = false;
    remote->args_bytes = 0;
    remote->outcome = JGI_OUTCOME_INIT;
    remote->incoming = (struct jgi_incoming){.fd = -1};
    remote->printed[0] = remote->printed[1] = 0;
    remote->cause = NULL;
    remote->refusal = NULL;
    jgi_list_init(&remote->link);
    struct jgi_peer *peer = NULL;
    if (router->config.own_incarnation != 0) {
        peer = choose(router, remote);
        if (peer == NULL || peer->is_own) return false;
    }
    remote->peer = peer;
    remote->row = jgi_caller_open(&router->caller, remote->intervals, false, remote);
    if (remote->row == NULL || !set_alarm(remote, remote->node_by_ns)) {
        if (remote->row != NULL) jgi_caller_forget(&router->caller, remote->row, jgi_clock_ns());
        remote->row = NULL;
        finish_failed(remote, JG_ENOMEM, "no memory for a call on a node");
        return true;
    }
    if (remote->is_waited) jgi_router_wait(remote, true);
    if (remote->args.bulk_fd >= 0) remote->args_bytes = remote->args.bulk_size;
    router->args_bytes += remote->args_bytes;
    if (peer == NULL)
        jgi_router_assign(router, remote);
    else
        enqueue(remote, peer);
    return true;
}

void jgi_router_await_room(struct jgi_router *router)
{
    while (router->args_bytes >= ARGS_BYTES_MAX &&
           jgi_loop_wait(router->config.loop, &router->has_room, JGI_NEVER))
        continue;
}

void jgi_router_stop(struct jgi_remote *remote, jg_status status, const char *cause)
{
    remote->cause = cause;
    jgi_caller_stop(&remote->router->caller, remote->row, status, jgi_clock_ns());
}

void jgi_router_wait(struct jgi_remote *remote, bool is_waited)
{
    if (remote->row != NULL)
        jgi_caller_wait(&remote->router->caller, remote->row, is_waited, jgi_clock_ns());
}

/* ---- time ---- */

static void on_tick(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_router *router = JGI_OWNER(alarm, struct jgi_router, tick);
    (void)loop;
    router->tick_ns = JGI_NEVER;
    jgi_caller_tick(&router->caller, jgi_clock_ns());
    jgi_discovery_forget_gone(router);
}

/* An alarm that comes too early does no harm, so it is only ever drawn nearer. */
static void on_flush(struct jgi_loop *loop, struct jgi_round *round)
{
    struct jgi_router *router = JGI_OWNER(round, struct jgi_router, round);
    uint64_t next_ns = jgi_caller_next(&router->caller);
    if (next_ns >= router->tick_ns) return;
    if (jgi_loop_set_alarm(loop, &router->tick, next_ns)) router->tick_ns = next_ns;
}

struct jgi_router *jgi_router_new(const struct jgi_router_config *config)
{
    struct jgi_router *router = calloc(1, sizeof *router);
    uint64_t random[2] = {0};
    if (router == NULL) return NULL;
    router->config = *config;
    router->control_address = strdup(config->control);
    router->tick.on_due = on_tick;
    router->tick_ns = JGI_NEVER;
    router->round.on_flush = on_flush;
    jgi_list_init(&router->peers);
    jgi_list_init(&router->homeless);
    if (router->control_address == NULL || !jgi_condition_init(&router->list_came) ||
        !jgi_condition_init(&router->has_room) ||
        getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        free(router->control_address);
        free(router);
        return NULL;
    }
    router->counter = random[1] >> 1;
    jgi_caller_init(&router->caller, random[0] | 1, &hooks, router);
    jgi_loop_add_round(config->loop, &router->round);
    jgi_discovery_start(router);
    return router;
}

void jgi_router_await_list(struct jgi_router *router, uint64_t deadline_ns)
{
    while (!router->has_list && router->refused == JG_OK &&
           jgi_loop_wait(router->config.loop, &router->list_came, deadline_ns))
        continue;
}

jg_status jgi_router_nodes(struct jgi_router *router,
                           void (*each)(void *user, const struct jgi_node_entry *node), void *user,
                           char *ret_text, size_t text_size)
{
    if (!router->has_list) return say_no_node(router, ret_text, text_size);
    for (struct jgi_link *link = router->peers.next; link != &router->peers; link = link->next) {
        const struct jgi_peer *peer = JGI_OWNER(link, struct jgi_peer, link);
        if (!peer->is_listed && peer->base.state != JGI_PEER_READY) continue;
        each(user, &(struct jgi_node_entry){.name = peer->name,
                                            .address = peer->address,
                                            .tags = peer->tags,
                                            .incarnation = peer->by_incarnation.key,
                                            .slots = peer->slots,
                                            .busy = peer->busy,
                                            .is_draining = peer->is_draining});
    }
    return JG_OK;
}
