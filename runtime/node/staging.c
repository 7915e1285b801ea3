/* SPDX-License-Identifier: MIT */
/* Large arguments: they come in pieces into a memfd, in their layout, before START is accepted. A
   cut costs what was under way: the next START asks for the rest. */
#define _GNU_SOURCE
#include "server_state.h"

#include "../base/fd.h"

#include <errno.h>
#include <stdlib.h>

static struct jgi_staging *find(const struct jgi_session *session, uint64_t number)
{
    for (struct jgi_link *at = session->stagings.next; at != &session->stagings; at = at->next) {
        struct jgi_staging *staging = JGI_OWNER(at, struct jgi_staging, link);
        if (staging->incoming.number == number) return staging;
    }
    return NULL;
}

struct jgi_staging *jgi_staging_free(struct jgi_staging *staging)
{
    struct jgi_session *session = staging->session;
    session->args_bytes -= staging->incoming.size;
    session->server->args_bytes -= staging->incoming.size;
    session->staging_count--;
    if (session->server->staging_asked == staging) session->server->staging_asked = NULL;
    jgi_list_remove(&staging->link);
    jgi_incoming_abandon(&staging->incoming);
    free(staging);
    return NULL;
}

static struct jgi_staging *staging_new(struct jgi_session *session, const struct jgi_message *start)
{
    struct jgi_staging *staging = calloc(1, sizeof *staging);
    if (staging == NULL) return NULL;
    staging->session = session;
    staging->incoming = (struct jgi_incoming){
        .object = JGI_OBJECT_ARGS, .number = start->number, .fd = -1, .size = start->bulk_size};
    if (!jgi_incoming_open(&staging->incoming) ||
        !jgi_session_hold_args(session, start->bulk_size)) {
        jgi_incoming_abandon(&staging->incoming);
        free(staging);
        return NULL;
    }
    jgi_list_add_last(&session->stagings, &staging->link);
    session->staging_count++;
    return staging;
}

bool jgi_staging_has(const struct jgi_session *session, uint64_t number)
{
    return find(session, number) != NULL;
}

/* There is no room now, but there will be: START comes again. A nested call does not wait, since
   what holds the room may wait for it. */
static bool may_come_later(const struct jgi_session *session, const struct jgi_message *start)
{
    const struct jgi_server *server = session->server;
    return server->args_bytes > 0 && !start->is_nested &&
           start->bulk_size <= server->config.held_max / 2;
}

enum jgi_staged jgi_staging_take(struct jgi_session *session, const struct jgi_message *start,
                                 int *ret_fd)
{
    struct jgi_staging *staging = find(session, start->number);
    if (staging == NULL) staging = staging_new(session, start);
    if (staging == NULL && may_come_later(session, start)) return JGI_STAGED_COMES;
    if (staging == NULL || staging->has_failed || staging->incoming.size != start->bulk_size)
        return JGI_STAGED_REFUSED;
    if (!staging->is_whole) {
        session->server->staging_asked = staging;
        return JGI_STAGED_COMES;
    }
    *ret_fd = jgi_incoming_finish(&staging->incoming);
    (void)jgi_staging_free(staging);
    return JGI_STAGED_WHOLE;
}

void jgi_staging_ask(struct jgi_staging *staging)
{
    struct jgi_node_link *link = staging->session->newest;
    if (link == NULL || link->connection == NULL || staging->is_whole || staging->has_failed)
        return;
    if (staging->asked != link) jgi_incoming_resume(&staging->incoming);
    staging->asked = link;
    (void)jgi_incoming_want(&staging->incoming, link->connection, 0); /* else its link has ended */
}

const char *jgi_staging_piece(struct jgi_session *session, const struct jgi_message *piece)
{
    struct jgi_staging *staging = find(session, piece->number);
    if (staging == NULL || staging->is_whole || staging->asked != session->newest)
        return "it sent arguments that nobody asked for";
    if (staging->has_failed) return NULL;
    int taken = jgi_incoming_take(&staging->incoming, piece);
    if (taken < 0 && errno == EPROTO) return "it sent arguments that nobody asked for";
    if (taken < 0)
        staging->has_failed = true; /* no memory: the next START is refused */
    else if (taken > 0)
        staging->is_whole = true;
    else
        jgi_staging_ask(staging);
    return NULL;
}

bool jgi_staging_land(struct jgi_session *session, const struct jgi_message *piece,
                      struct jgi_lent *ret_place)
{
    struct jgi_staging *staging = find(session, piece->number);
    return staging != NULL && !staging->is_whole && !staging->has_failed &&
           staging->asked == session->newest &&
           jgi_incoming_land(&staging->incoming, piece, ret_place);
}

void jgi_staging_drop(struct jgi_session *session, uint64_t number)
{
    struct jgi_staging *staging = find(session, number);
    if (staging != NULL) (void)jgi_staging_free(staging);
}

void jgi_staging_drop_below(struct jgi_session *session, uint64_t floor)
{
    for (struct jgi_link *at = session->stagings.next, *next; at != &session->stagings; at = next) {
        struct jgi_staging *staging = JGI_OWNER(at, struct jgi_staging, link);
        next = at->next;
        if (staging->incoming.number < floor) (void)jgi_staging_free(staging);
    }
}
