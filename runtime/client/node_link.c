/* SPDX-License-Identifier: MIT */
/* The link to one node: dialing and dialing again, credit, what goes out and what comes in.

   Large arguments and the program are sent when the node WANTs them; a large result is fetched
   before caller.c hears of it, so that a cut in the middle costs nothing. */
#define _GNU_SOURCE
#include "router_state.h"

#include "../base/clock.h"
#include "../base/fd.h"
#include "../wire/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

enum {
    REDIAL_MS = 100,
    REDIAL_FAILED_MS = 500,
    REDIAL_BROKEN_MS = 30 * 1000, /* each try may cost a call */
    CREDITS_MAX = 4096            /* however much a node allows: so much is sent to it ahead */
};

static struct jgi_remote *find(struct jgi_peer *peer, uint64_t number)
{
    struct jgi_caller_row *row =
        jgi_caller_find(&peer->router->caller, &peer->base, peer->base.dial_count, number);
    return row == NULL ? NULL : row->user;
}

/* ---- credit ---- */

/* What was stopped holds its credit until the node has confirmed that it has ended: sooner, the
   node would be sent more than it has allowed. */
unsigned jgi_peer_used(const struct jgi_peer *peer)
{
    return peer->held + (unsigned)peer->base.told;
}

/* Of a long queue calls go out in lots, when half of the credit is free: one by one, each behind a
   result, every call would cost a system call at both ends. */
static bool is_worth_it(const struct jgi_peer *peer)
{
    unsigned used = jgi_peer_used(peer);
    return used <= peer->credits / 2 || peer->queued + used <= peer->credits;
}

static void drain(struct jgi_loop *loop, struct jgi_later *later)
{
    struct jgi_peer *peer = JGI_OWNER(later, struct jgi_peer, drain);
    uint64_t now_ns = jgi_clock_ns();
    (void)loop;
    if (!is_worth_it(peer)) return;
    while (!jgi_list_is_empty(&peer->queue) && peer->base.state == JGI_PEER_READY &&
           jgi_peer_used(peer) < peer->credits) {
        struct jgi_remote *remote = JGI_OWNER(peer->queue.next, struct jgi_remote, link);
        jgi_remote_dequeue(remote);
        if (!jgi_caller_may_place(remote->row, &peer->base)) {
            jgi_router_assign(peer->router, remote);
            continue;
        }
        remote->holds_credit = true;
        remote->was_started = false;
        peer->held++;
        jgi_caller_place(&peer->router->caller, remote->row, &peer->base, now_ns);
    }
}

void jgi_peer_drain_later(struct jgi_peer *peer)
{
    jgi_loop_do_later(peer->router->config.loop, &peer->drain);
}

void jgi_remote_return_credit(struct jgi_remote *remote)
{
    if (!remote->holds_credit) return;
    remote->holds_credit = false;
    remote->peer->held--;
    jgi_peer_drain_later(remote->peer);
}

/* ---- out ---- */

void jgi_remote_discount_args(struct jgi_remote *remote)
{
    struct jgi_router *router = remote->router;
    if (remote->args_bytes == 0) return;
    router->args_bytes -= remote->args_bytes;
    remote->args_bytes = 0;
    (void)pthread_cond_broadcast(&router->has_room);
}

void jgi_remote_stop_shipping(struct jgi_remote *remote)
{
    if (remote->args.bulk_fd >= 0 && remote->peer != NULL && remote->row != NULL)
        jgi_outgoing_drop(&remote->peer->outgoing, JGI_OBJECT_ARGS, remote->row->by_number.key);
}

void jgi_remote_drop_args(struct jgi_remote *remote)
{
    jgi_remote_discount_args(remote);
    jgi_remote_stop_shipping(remote);
    if (remote->args.bulk_fd >= 0)
        jgi_sheet_release(remote->args.bulk_fd); /* ours to be written again */
    jgi_payload_fini(&remote->args);
}

static uint32_t time_left_ms(const struct jgi_remote *remote)
{
    uint64_t now_ns = jgi_clock_ns();
    if (remote->deadline_ns == JGI_NEVER) return 0;
    if (remote->deadline_ns <= now_ns) return 1;
    uint64_t left_ms = (remote->deadline_ns - now_ns) / 1000000u + 1;
    return left_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)left_ms;
}

static void fill_start(struct jgi_message *start, const struct jgi_remote *remote)
{
    start->program = remote->image->digest;
    start->size = remote->image->size;
    start->job = remote->job;
    start->job_name = remote->job_name;
    start->is_reuse = remote->is_reuse;
    start->is_nested = remote->is_nested;
    start->is_tagged = remote->router->config.is_output_tagged;
    start->time_left_ms = time_left_ms(remote);
    start->limit_ms = remote->timeout_ms > 0 ? (uint32_t)remote->timeout_ms : 0;
    start->set_interval_ms = remote->set_interval_ms;
    start->segments = remote->args.segments;
    start->segment_count = remote->args.segment_count;
    start->bulk_size = remote->args.bulk_fd >= 0 ? remote->args.bulk_size : 0;
    start->body = remote->args.message;
    start->body_size = remote->args.message_size;
}

bool jgi_peer_send(struct jgi_peer *peer, enum jgi_message_kind kind, uint64_t number,
                   struct jgi_remote *remote)
{
    struct jgi_message message = {
        .kind = kind, .number = number, .floor = jgi_caller_floor(&peer->router->caller)};
    if (peer->connection == NULL) return false; /* it is said again on the next link */
    if (kind == JGI_MESSAGE_PING) {
        jgi_connection_ping(peer->connection);
        return true;
    }
    bool is_first = kind == JGI_MESSAGE_START && remote != NULL && !remote->was_started;
    if (!is_first && jgi_connection_is_behind(peer->connection))
        return false; /* it goes again by its interval, or is asked for again */
    if (kind == JGI_MESSAGE_START) {
        if (remote == NULL) return false;
        remote->was_started = true;
        fill_start(&message, remote);
    }
    return jgi_connection_send(peer->connection, &message); /* failed: the link has ended */
}

static void on_range_sent(void *user, const struct jgi_message *sent)
{
    struct jgi_peer *peer = user;
    uint64_t now_ns = jgi_clock_ns();
    struct jgi_remote *remote = sent->object == JGI_OBJECT_ARGS ? find(peer, sent->number) : NULL;
    jgi_caller_piece_taken(&peer->base, now_ns);
    if (remote != NULL && sent->offset == remote->args.bulk_size)
        jgi_caller_shipped(&peer->router->caller, remote->row, now_ns);
}

static void pump(struct jgi_peer *peer)
{
    if (peer->connection == NULL || jgi_list_is_empty(&peer->outgoing.ranges)) return;
    if (jgi_outgoing_pump(&peer->outgoing, peer->connection, on_range_sent, peer)) return;
    (void)snprintf(peer->why, sizeof peer->why, "what it was to be sent could not be read: %s",
                   strerror(errno));
    jgi_outgoing_fini(&peer->outgoing);
}

/* ---- in ---- */

const char *jgi_peer_why(const struct jgi_peer *peer)
{
    switch (peer->base.ignored) {
    case 0:
        return peer->why[0] == '\0' ? "it does not answer" : peer->why;
    case JGI_MESSAGE_START:
        return "it lives, and for 10 s has answered no START";
    case JGI_MESSAGE_ASK:
        return "it lives, and for 10 s has not said whether a job runs";
    default:
        return "it lives, and for 10 s has not confirmed the end of a call";
    }
}

static void broke(struct jgi_peer *peer, const char *how)
{
    struct jgi_connection *connection = peer->connection;
    uint64_t now_ns = jgi_clock_ns();
    peer->connection = NULL;
    (void)snprintf(peer->why, sizeof peer->why, "it broke the protocol: %s", how);
    peer->has_broken = true;
    if (connection != NULL) jgi_connection_close(connection, JG_EPROTOCOL, how);
    jgi_caller_refused(&peer->router->caller, &peer->base, peer->base.dial_count, now_ns);
}

static void take_output(struct jgi_peer *peer, const struct jgi_message *message)
{
    struct jgi_remote *remote = find(peer, message->number);
    if (remote == NULL || message->stream < 1 || message->stream > 2) return;
    uint64_t *printed = &remote->printed[message->stream - 1];
    uint64_t end = message->offset + message->body_size;
    if (end <= *printed || end < message->offset) return; /* seen before */
    size_t skipped = *printed > message->offset ? (size_t)(*printed - message->offset) : 0;
    *printed = end;
    peer->router->config.on_output(peer->router->config.user, remote, (int)message->stream - 1,
                                   peer->name, (const char *)message->body + skipped,
                                   message->body_size - skipped);
}

/* The program is there, or will not be: what waits for it is said again. */
static void program_is_there(struct jgi_peer *peer, const uint8_t *digest)
{
    uint64_t now_ns = jgi_clock_ns();
    for (struct jgi_link *link = peer->base.held.next; link != &peer->base.held;
         link = link->next) {
        struct jgi_caller_row *row = JGI_OWNER(link, struct jgi_caller_row, in_holder);
        const struct jgi_remote *remote = row->user;
        if (remote != NULL && memcmp(remote->image->digest, digest, JGI_DIGEST_SIZE) == 0)
            jgi_caller_shipped(&peer->router->caller, row, now_ns);
    }
}

static const struct jgi_image *find_image(struct jgi_peer *peer, const uint8_t *digest)
{
    for (struct jgi_link *link = peer->base.held.next; link != &peer->base.held;
         link = link->next) {
        const struct jgi_remote *remote = JGI_OWNER(link, struct jgi_caller_row, in_holder)->user;
        if (remote != NULL && memcmp(remote->image->digest, digest, JGI_DIGEST_SIZE) == 0)
            return remote->image;
    }
    return NULL;
}

static void take_want(struct jgi_peer *peer, const struct jgi_message *want)
{
    if (want->object == JGI_OBJECT_PROGRAM && want->program != NULL) {
        const struct jgi_image *image = find_image(peer, want->program);
        if (want->size == 0) {
            program_is_there(peer, want->program);
        } else if (image != NULL) {
            if (!jgi_outgoing_add(&peer->outgoing, want, image->fd, image->size))
                broke(peer, "it wants what is no part of the program");
        }
    } else if (want->object == JGI_OBJECT_ARGS) {
        struct jgi_remote *remote = find(peer, want->number);
        if (remote == NULL || remote->args.bulk_fd < 0) return; /* nobody waits any more */
        if (!jgi_outgoing_add(&peer->outgoing, want, remote->args.bulk_fd, remote->args.bulk_size))
            broke(peer, "it wants what is no part of the arguments");
    } else {
        broke(peer, "it wants what callers do not have");
    }
    pump(peer);
}

static uint64_t memory_size(void)
{
    struct sysinfo about;
    return sysinfo(&about) == 0 ? (uint64_t)about.totalram * about.mem_unit : UINT64_MAX;
}

/* False: no memory. */
static bool take_outcome(struct jgi_remote *remote, const struct jgi_message *result)
{
    struct jgi_outcome *outcome = &remote->outcome;
    outcome->status = (jg_status)result->status;
    if (outcome->status != JG_OK) {
        outcome->cause = result->text == NULL ? NULL : strdup(result->text);
        outcome->signal_number = result->signal_number;
        outcome->exit_code = result->exit_code;
        outcome->last_output = result->last_output == NULL ? NULL : strdup(result->last_output);
        return true;
    }
    struct jgi_payload *payload = &outcome->result;
    if (!jgi_message_copy_payload(result, payload)) return false;
    payload->bulk_size = result->bulk_size;
    if (result->bulk_size == 0) return true;
    if (result->bulk_size > memory_size()) {
        jgi_outcome_fail(outcome, JG_EFULL,
                         "its result of %llu bytes is larger than the memory of this machine",
                         (unsigned long long)result->bulk_size);
        return true;
    }
    remote->incoming = (struct jgi_incoming){
        .object = JGI_OBJECT_RESULT, .number = result->number, .size = result->bulk_size};
    return jgi_incoming_open(&remote->incoming);
}

/* What caller.c hears of; what was stopped may have ended by it. */
static void take_frame(struct jgi_peer *peer, const struct jgi_message *message)
{
    size_t told = peer->base.told;
    (void)jgi_caller_frame(&peer->router->caller, &peer->base, peer->base.dial_count, message,
                           jgi_clock_ns());
    if (peer->base.told < told) jgi_peer_drain_later(peer);
}

static void take_result(struct jgi_peer *peer, const struct jgi_message *result)
{
    struct jgi_remote *remote = find(peer, result->number);
    if (remote == NULL) { /* nobody waits for it: it is released */
        take_frame(peer, result);
        return;
    }
    if (result->status == JG_PENDING || result->status >= JG_STATUS_COUNT) {
        broke(peer, "a result has a status that is none");
        return;
    }
    bool is_new = !remote->has_outcome;
    remote->has_outcome = true;
    if (is_new && !take_outcome(remote, result)) {
        jgi_outcome_fail(&remote->outcome, JG_ENOMEM, "no memory for its result");
        remote->incoming.size = remote->incoming.got = 0;
    }
    if (remote->incoming.got == remote->incoming.size)
        take_frame(peer, result);
    else
        (void)jgi_incoming_want(&remote->incoming, peer->connection,
                                jgi_caller_floor(&peer->router->caller));
}

static void take_piece(struct jgi_peer *peer, const struct jgi_message *piece)
{
    struct jgi_remote *remote = find(peer, piece->number);
    if (piece->object != JGI_OBJECT_RESULT || remote == NULL || remote->incoming.size == 0) return;
    int is_whole = jgi_incoming_take(&remote->incoming, piece);
    if (is_whole < 0 && errno == EPROTO) {
        broke(peer, "a piece is not what was asked for");
        return;
    }
    if (is_whole == 0) {
        (void)jgi_incoming_want(&remote->incoming, peer->connection,
                                jgi_caller_floor(&peer->router->caller));
        return;
    }
    if (is_whole > 0)
        remote->outcome.result.bulk_fd = jgi_incoming_finish(&remote->incoming);
    else
        jgi_outcome_fail(&remote->outcome, JG_ENOMEM, "no memory for its result: %s",
                         strerror(errno));
    take_frame(peer, &(struct jgi_message){.kind = JGI_MESSAGE_RESULT, .number = piece->number});
}

static bool on_landing(struct jgi_connection *connection, void *user,
                       const struct jgi_message *piece, struct jgi_lent *ret_place)
{
    struct jgi_remote *remote = find(user, piece->number);
    (void)connection;
    return piece->object == JGI_OBJECT_RESULT && remote != NULL &&
           jgi_incoming_land(&remote->incoming, piece, ret_place);
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct jgi_peer *peer = user;
    struct jgi_remote *remote;
    (void)connection;
    switch (message->kind) {
    case JGI_MESSAGE_RESULT:
        take_result(peer, message);
        return;
    case JGI_MESSAGE_OUTPUT:
        take_output(peer, message);
        return;
    case JGI_MESSAGE_WANT:
        take_want(peer, message);
        return;
    case JGI_MESSAGE_PIECE:
        take_piece(peer, message);
        return;
    case JGI_MESSAGE_WAITING:
    case JGI_MESSAGE_RUNNING:
        remote = find(peer, message->number);
        if (remote != NULL && (message->kind == JGI_MESSAGE_WAITING || message->waits))
            jgi_remote_return_credit(remote);
        break;
    case JGI_MESSAGE_ACCEPTED:
        remote = find(peer, message->number);
        if (remote != NULL) jgi_remote_drop_args(remote);
        break;
    case JGI_MESSAGE_REFUSED:
        remote = find(peer, message->number);
        if (remote == NULL || remote->row->state != JGI_CALL_ACCEPTED) break;
        broke(peer, "it refuses what it had accepted"); /* no other node gets arguments any more */
        return;
    default:
        break;
    }
    take_frame(peer, message);
}

/* ---- the link ---- */

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    struct jgi_peer *peer = user;
    (void)connection;
    if (hello->role != JGI_PEER_NODE || hello->incarnation != peer->by_incarnation.key) {
        (void)snprintf(peer->why, sizeof peer->why, "another program answers at its address %s",
                       peer->address);
        broke(peer, "another node was expected here");
        return;
    }
    peer->credits = hello->credits == 0            ? 1
                    : hello->credits > CREDITS_MAX ? CREDITS_MAX
                                                   : hello->credits;
    bool is_taken = jgi_caller_hello(&peer->router->caller, &peer->base, peer->base.dial_count,
                                     hello, jgi_clock_ns());
    if (!is_taken) {
        broke(peer, "its HELLO says no session");
        return;
    }
    peer->is_failed = false;
    jgi_peer_drain_later(peer);
    jgi_router_assign_homeless(peer->router);
}

static void redial_after(struct jgi_peer *peer, int ms)
{
    if (!peer->is_own)
        (void)jgi_loop_set_alarm(peer->router->config.loop, &peer->redial,
                                 jgi_clock_deadline(ms)); /* without memory: not dialed again */
}

/* What was asked for and did not come is asked for on the next link, where all is said anew. */
static void stop_fetching(struct jgi_peer *peer)
{
    for (struct jgi_link *link = peer->base.held.next; link != &peer->base.held;
         link = link->next) {
        struct jgi_remote *remote = JGI_OWNER(link, struct jgi_caller_row, in_holder)->user;
        if (remote == NULL) continue;
        jgi_incoming_resume(&remote->incoming);
        remote->was_started = false;
    }
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct jgi_peer *peer = user;
    struct jgi_router *router = peer->router;
    uint64_t now_ns = jgi_clock_ns();
    bool was_open = peer->base.state == JGI_PEER_READY;
    (void)connection;
    peer->connection = NULL;
    jgi_outgoing_fini(&peer->outgoing);
    stop_fetching(peer);
    (void)snprintf(peer->why, sizeof peer->why, "%s", why);
    (void)snprintf(router->node_why, sizeof router->node_why, "node %s at %s: %.100s", peer->name,
                   peer->address, why);
    if (why == jgi_stream_refused || (status != JG_ENODE && status != JG_ENOMEM)) {
        jgi_caller_refused(&router->caller, &peer->base, peer->base.dial_count, now_ns);
        return;
    }
    jgi_caller_closed(&router->caller, &peer->base, peer->base.dial_count, now_ns);
    if (peer->base.session == 0) { /* it was never open */
        jgi_peer_lost(peer);
        return;
    }
    redial_after(peer, was_open ? 0 : REDIAL_MS);
}

static void on_drained(struct jgi_connection *connection, void *user)
{
    (void)connection;
    pump(user);
}

static void on_taken(struct jgi_connection *connection, void *user, uint64_t before_ns)
{
    struct jgi_peer *peer = user;
    (void)connection;
    peer->base.taken_ns = before_ns;
}

static const struct jgi_connection_handler handler = {.on_open = on_open,
                                                      .on_message = on_message,
                                                      .on_landing = on_landing,
                                                      .on_drained = on_drained,
                                                      .on_taken = on_taken,
                                                      .on_end = on_end};

void jgi_peer_dial(struct jgi_peer *peer)
{
    struct jgi_router *router = peer->router;
    struct jgi_connection_config config = {.loop = router->config.loop,
                                           .handler = &handler,
                                           .user = peer,
                                           .secret = router->config.secret};
    struct jgi_message hello;
    if (peer->is_own) return;
    peer->has_broken = false;
    if (peer->connection != NULL) jgi_connection_close(peer->connection, JG_OK, NULL);
    jgi_outgoing_fini(&peer->outgoing);
    jgi_caller_dial(&router->caller, &peer->base, jgi_clock_ns(), &hello);
    hello.name = router->config.name;
    peer->connection = jgi_connection_dial(&config, peer->address, &hello);
    if (peer->connection == NULL)
        on_end(NULL, peer, JG_ENODE, "no memory to dial it, or its address is none");
}

static void on_redial(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_peer *peer = JGI_OWNER(alarm, struct jgi_peer, redial);
    (void)loop;
    if (peer->connection == NULL && (peer->is_listed || peer->base.session != 0))
        jgi_peer_dial(peer);
}

void jgi_peer_lost(struct jgi_peer *peer)
{
    struct jgi_connection *connection = peer->connection;
    if (peer->base.state == JGI_PEER_READY) return; /* another session: the link itself is good */
    bool is_broken = peer->has_broken || peer->base.ignored != 0;
    peer->connection = NULL;
    if (connection != NULL)
        jgi_connection_close(connection, is_broken ? JG_EPROTOCOL : JG_OK, jgi_peer_why(peer));
    jgi_outgoing_fini(&peer->outgoing);
    peer->is_failed = true;
    if (is_broken)
        (void)snprintf(peer->router->node_why, sizeof peer->router->node_why,
                       "node %s at %s: %.100s", peer->name, peer->address, jgi_peer_why(peer));
    jgi_peer_reassign(peer);
    if (peer->is_listed) redial_after(peer, is_broken ? REDIAL_BROKEN_MS : REDIAL_FAILED_MS);
}

static void free_fields(struct jgi_peer *peer)
{
    free(peer->name);
    free(peer->address);
    free(peer->tags);
    free(peer);
}

struct jgi_peer *jgi_peer_new(struct jgi_router *router, const struct jgi_node_entry *entry)
{
    struct jgi_peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL) return NULL;
    peer->router = router;
    peer->name = strdup(entry->name);
    peer->address = strdup(entry->address);
    peer->tags = strdup(entry->tags);
    peer->is_own = entry->incarnation != 0 && entry->incarnation == router->config.own_incarnation;
    peer->redial.on_due = on_redial;
    peer->drain.run = drain;
    jgi_list_init(&peer->queue);
    jgi_outgoing_init(&peer->outgoing);
    if (peer->name == NULL || peer->address == NULL || peer->tags == NULL ||
        !jgi_caller_add_peer(&router->caller, &peer->base, peer)) {
        free_fields(peer);
        return NULL;
    }
    struct jgi_link *behind = router->peers.next; /* in the order of names */
    while (behind != &router->peers &&
           strcmp(JGI_OWNER(behind, struct jgi_peer, link)->name, peer->name) < 0)
        behind = behind->next;
    jgi_list_add_last(behind, &peer->link);
    jgi_table_add(&router->peers_by_incarnation, &peer->by_incarnation, entry->incarnation);
    router->peer_count++;
    return peer;
}

void jgi_peer_free(struct jgi_peer *peer)
{
    struct jgi_router *router = peer->router;
    peer->is_listed = false;
    jgi_caller_remove_peer(&router->caller, &peer->base, jgi_clock_ns());
    jgi_loop_clear_alarm(router->config.loop, &peer->redial);
    jgi_loop_forget_later(router->config.loop, &peer->drain);
    jgi_list_remove(&peer->link);
    jgi_table_remove(&router->peers_by_incarnation, &peer->by_incarnation);
    router->peer_count--;
    free_fields(peer);
}
