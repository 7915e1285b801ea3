/* SPDX-License-Identifier: MIT */
/* The links of nodes, callers and commands: nodes register over them, and all are told the list.

   A node says REGISTER when its link opens and each period from then on. Every link gets NODES, the
   whole list, when it opens and when the list has changed: at once if it matters to callers, though
   not more often than every 20 ms, and within a period if nodes are only more or less busy. A link
   that has not taken the last list gets the newest one when it has. A node that is not heard of for
   three periods is dropped, by an alarm; one that says it ends (GOODBYE, JG_EDOWN), at once. */
#define _GNU_SOURCE
#include "register.h"

#include "../base/clock.h"
#include "../base/pace.h"
#include "../wire/address.h"
#include "../wire/connection.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    LINKS_MAX = 4096,
    TELL_AGAIN_MS = 20,     /* between two lists */
    UNTAKEN_MAX = 64 * 1024 /* bytes that a link has not taken: no list is added */
};

struct jgi_register {
    struct jgi_register_config config;
    struct jgi_directory *directory; /* owned */
    uint64_t incarnation;
    struct jgi_link links; /* owned */
    size_t link_count;
    struct jgi_later telling;
    struct jgi_alarm tell_alarm, expire_alarm;
    uint64_t told_ns; /* when the last list went out */
    struct jgi_pace notes;
    uint64_t refused; /* incarnation of the node that was refused last; 0: none */
};

struct peer {
    struct jgi_register *registry;
    struct jgi_link link;
    struct jgi_connection *connection;
    bool is_open;
    enum jgi_role role;
    bool is_loopback;
    char host[JGI_HOST_MAX + 1];      /* where it is seen */
    char name[JGI_NODE_NAME_MAX + 1]; /* of its node; empty: it has not registered */
    uint64_t told_revision;
};

__attribute__((format(printf, 2, 3))) static void note(struct jgi_register *registry,
                                                       const char *format, ...)
{
    char line[512];
    va_list arguments;
    unsigned left_out;
    if (registry->config.on_note == NULL ||
        !jgi_pace_allows(&registry->notes, jgi_clock_ns(), &left_out))
        return;
    if (left_out > 0) {
        (void)snprintf(line, sizeof line, "%u lines like the last ones were left out", left_out);
        registry->config.on_note(registry->config.user, line);
    }
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    registry->config.on_note(registry->config.user, line);
}

static void tell(struct peer *peer)
{
    struct jgi_register *registry = peer->registry;
    uint64_t revision = jgi_directory_revision(registry->directory);
    if (!peer->is_open || peer->told_revision == revision ||
        jgi_connection_pending(peer->connection) > UNTAKEN_MAX)
        return;
    size_t count;
    const struct jgi_node_entry *nodes =
        jgi_directory_list(registry->directory, peer->is_loopback, &count);
    peer->told_revision = revision;
    (void)jgi_connection_send(peer->connection,
                              &(struct jgi_message){.kind = JGI_MESSAGE_NODES,
                                                    .revision = revision,
                                                    .period_ms = JGI_DIRECTORY_PERIOD_MS,
                                                    .nodes = nodes,
                                                    .node_count = count}); /* else on_end */
}

static void tell_all(struct jgi_register *registry)
{
    registry->told_ns = jgi_clock_ns();
    jgi_loop_clear_alarm(registry->config.loop, &registry->tell_alarm);
    for (struct jgi_link *at = registry->links.next, *next; at != &registry->links; at = next) {
        next = at->next;
        tell(JGI_OWNER(at, struct peer, link));
    }
}

static void on_telling(struct jgi_loop *loop, struct jgi_later *later)
{
    (void)loop;
    tell_all(JGI_OWNER(later, struct jgi_register, telling));
}

static void on_tell_due(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    (void)loop;
    tell_all(JGI_OWNER(alarm, struct jgi_register, tell_alarm));
}

/* The list has changed: all will be told, at the latest `within_ms` after the last time. */
static void tell_within(struct jgi_register *registry, unsigned within_ms)
{
    struct jgi_loop *loop = registry->config.loop;
    uint64_t due_ns = registry->told_ns + (uint64_t)within_ms * 1000000u;
    bool is_set = registry->tell_alarm.timer.place != 0;
    if (is_set && registry->tell_alarm.timer.due_ns <= due_ns) return;
    if (due_ns <= jgi_clock_ns() || !jgi_loop_set_alarm(loop, &registry->tell_alarm, due_ns))
        jgi_loop_do_later(loop, &registry->telling);
}

/* An alarm that is set is early enough: renewals only move the moment away. */
static void watch_expiry(struct jgi_register *registry)
{
    if (registry->expire_alarm.timer.place != 0) return;
    (void)jgi_loop_set_alarm(registry->config.loop, &registry->expire_alarm,
                             jgi_directory_due_ns(registry->directory)); /* tried at each renewal */
}

static void on_expire_due(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_register *registry = JGI_OWNER(alarm, struct jgi_register, expire_alarm);
    char name[JGI_NODE_NAME_MAX + 1];
    while (jgi_directory_expire(registry->directory, jgi_loop_seen_ns(loop), name)) {
        note(registry, "node %s was not heard of for %d s and is gone", name,
             JGI_DIRECTORY_PERIOD_MS * JGI_DIRECTORY_PERIODS / 1000);
        tell_within(registry, TELL_AGAIN_MS);
    }
    watch_expiry(registry);
}

static struct peer *peer_free(struct peer *peer)
{
    jgi_list_remove(&peer->link);
    peer->registry->link_count--;
    free(peer);
    return NULL;
}

/* The link is closed by us. */
static void dismiss(struct peer *peer, jg_status status, const char *text)
{
    jgi_directory_leave(peer->registry->directory, peer->name, peer);
    jgi_connection_close(peer->connection, status, text);
    (void)peer_free(peer);
}

static bool on_hello(struct jgi_connection *connection, void *user, const struct jgi_message *hello,
                     struct jgi_message *answer)
{
    struct peer *peer = user;
    (void)connection;
    if (hello->role != JGI_PEER_CALLER && hello->role != JGI_PEER_NODE &&
        hello->role != JGI_PEER_COMMAND) {
        answer->status = JG_EPROTOCOL;
        answer->text = "control serves nodes, callers and commands";
        return false;
    }
    peer->role = (enum jgi_role)hello->role;
    answer->role = JGI_PEER_CONTROL;
    answer->incarnation = peer->registry->incarnation;
    return true;
}

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    struct peer *peer = user;
    (void)connection;
    (void)hello;
    peer->is_open = true;
    tell(peer);
}

/* NULL, or why this is not a registration. */
static const char *check_registration(const struct peer *peer, const struct jgi_message *message)
{
    if (message->kind != JGI_MESSAGE_REGISTER) return "control takes registrations only";
    if (peer->role != JGI_PEER_NODE) return "only nodes register";
    if (message->node_count != 1) return "a link registers one node";
    if (peer->name[0] != '\0' && strcmp(peer->name, message->nodes[0].name) != 0)
        return "a link registers one node, under one name";
    return NULL;
}

static void take_registration(struct peer *peer, const struct jgi_node_entry *node)
{
    struct jgi_register *registry = peer->registry;
    struct jgi_registered done = jgi_directory_register(
        registry->directory,
        &(struct jgi_registration){
            .node = node, .source = peer->host, .owner = peer, .now_ns = jgi_clock_ns()});
    if (done.status != JG_OK) {
        if (node->incarnation != registry->refused) /* it comes again and again */
            note(registry, "node %.63s is refused: %s", node->name, done.text);
        registry->refused = node->incarnation;
        dismiss(peer, done.status, done.text);
        return;
    }
    if (peer->name[0] == '\0') note(registry, "node %s has registered", node->name);
    if (node->incarnation == registry->refused) registry->refused = 0;
    (void)snprintf(peer->name, sizeof peer->name, "%s", node->name); /* fits: it was accepted */
    if (done.displaced != NULL)
        dismiss(done.displaced, JG_EMISMATCH,
                done.is_same_node ? "the node has a newer link to control"
                                  : "another node has registered under this name; give each node "
                                    "a name of its own (jobd node --name)");
    if (done.is_change)
        tell_within(registry, done.is_urgent_change ? TELL_AGAIN_MS : JGI_DIRECTORY_PERIOD_MS);
    watch_expiry(registry);
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct peer *peer = user;
    const char *wrong = check_registration(peer, message);
    (void)connection;
    if (wrong != NULL)
        dismiss(peer, JG_EPROTOCOL, wrong);
    else
        take_registration(peer, &message->nodes[0]);
}

static void on_drained(struct jgi_connection *connection, void *user)
{
    (void)connection;
    tell(user);
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct peer *peer = user;
    struct jgi_register *registry = peer->registry;
    (void)connection;
    if (status != JG_EDOWN) {
        jgi_directory_leave(registry->directory, peer->name, peer);
    } else if (jgi_directory_remove(registry->directory, peer->name, peer)) {
        note(registry, "node %s has ended: %s", peer->name, why);
        tell_within(registry, TELL_AGAIN_MS);
    }
    (void)peer_free(peer);
}

static const struct jgi_connection_handler handler = {.on_hello = on_hello,
                                                      .on_open = on_open,
                                                      .on_message = on_message,
                                                      .on_drained = on_drained,
                                                      .on_end = on_end};

struct jgi_register *jgi_register_new(const struct jgi_register_config *config)
{
    struct jgi_register *registry = calloc(1, sizeof *registry);
    if (registry == NULL) return NULL;
    registry->config = *config;
    registry->telling.run = on_telling;
    registry->tell_alarm.on_due = on_tell_due;
    registry->expire_alarm.on_due = on_expire_due;
    jgi_list_init(&registry->links);
    registry->directory = jgi_directory_new();
    if (registry->directory != NULL &&
        getrandom(&registry->incarnation, sizeof registry->incarnation, 0) ==
            (ssize_t)sizeof registry->incarnation)
        return registry;
    (void)jgi_directory_free(registry->directory);
    free(registry);
    return NULL;
}

struct jgi_register *jgi_register_free(struct jgi_register *registry)
{
    if (registry == NULL) return NULL;
    struct jgi_loop *loop = registry->config.loop;
    jgi_loop_lock(loop);
    while (!jgi_list_is_empty(&registry->links))
        dismiss(JGI_OWNER(registry->links.next, struct peer, link), JG_EDOWN, "control ends");
    jgi_loop_clear_alarm(loop, &registry->tell_alarm);
    jgi_loop_clear_alarm(loop, &registry->expire_alarm);
    jgi_loop_forget_later(loop, &registry->telling);
    jgi_loop_unlock(loop);
    (void)jgi_directory_free(registry->directory);
    free(registry);
    return NULL;
}

bool jgi_register_is_full(const struct jgi_register *registry)
{
    return registry->link_count >= LINKS_MAX;
}

void jgi_register_take(struct jgi_register *registry, struct jgi_stream *stream,
                       struct jgi_buffer *in)
{
    struct peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL) {
        jgi_stream_close(stream);
        return;
    }
    unsigned port;
    peer->registry = registry;
    peer->is_loopback = jgi_stream_is_loopback(stream);
    (void)jgi_address_split(jgi_stream_peer(stream), peer->host, &port); /* always an address */
    jgi_list_add_last(&registry->links, &peer->link);
    registry->link_count++;
    struct jgi_connection_config config = {.loop = registry->config.loop,
                                           .handler = &handler,
                                           .user = peer,
                                           .secret = registry->config.secret};
    peer->connection = jgi_connection_accept(&config, stream, in);
    if (peer->connection == NULL) (void)peer_free(peer);
}

struct jgi_directory *jgi_register_directory(struct jgi_register *registry)
{
    return registry->directory;
}
