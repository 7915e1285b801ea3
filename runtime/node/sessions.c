/* SPDX-License-Identifier: MIT */
/* What a node holds for each session of a caller, and how much that may be. The ledger says when a
   session ends; what is left of it here goes then. */
#include "server_state.h"

#include <stdlib.h>
#include <string.h>

struct jgi_session *jgi_session_find(const struct jgi_server *server, uint64_t id)
{
    struct jgi_table_link *link = jgi_table_find(&server->sessions_by_id, id);
    return link == NULL ? NULL : JGI_OWNER(link, struct jgi_session, by_id);
}

struct jgi_session *jgi_session_get(struct jgi_server *server, uint64_t id, uint64_t incarnation,
                                    const char *name)
{
    struct jgi_session *session = jgi_session_find(server, id);
    if (session != NULL) return session;
    session = calloc(1, sizeof *session);
    if (session == NULL) return NULL;
    session->name = strdup(name == NULL || name[0] == '\0' ? "program" : name);
    if (session->name == NULL) {
        free(session);
        return NULL;
    }
    session->server = server;
    session->incarnation = incarnation;
    jgi_list_init(&session->uses);
    jgi_list_init(&session->stagings);
    jgi_list_init(&session->executions);
    jgi_table_add(&server->sessions_by_id, &session->by_id, id);
    jgi_list_add_last(&server->sessions, &session->link);
    return session;
}

/* The ledger has dropped its rows. */
static void session_free(struct jgi_session *session)
{
    if (session->newest != NULL) session->newest->session = NULL;
    session->newest = NULL;
    jgi_shipping_leave(session);
    while (!jgi_list_is_empty(&session->stagings))
        (void)jgi_staging_free(JGI_OWNER(session->stagings.next, struct jgi_staging, link));
    while (!jgi_list_is_empty(&session->uses))
        (void)jgi_program_use_free(
            JGI_OWNER(session->uses.next, struct jgi_program_use, in_session));
    jgi_table_remove(&session->server->sessions_by_id, &session->by_id);
    jgi_list_remove(&session->link);
    free(session->name);
    free(session);
}

/* NULL: the ledger has ended the session. */
static const struct jgi_ledger_caller *caller_of(const struct jgi_session *session)
{
    struct jgi_table_link *link =
        jgi_table_find(&session->server->ledger.callers, session->incarnation);
    const struct jgi_ledger_caller *caller =
        link == NULL ? NULL : JGI_OWNER(link, struct jgi_ledger_caller, by_incarnation);
    return caller != NULL && caller->session == session->by_id.key ? caller : NULL;
}

size_t jgi_session_row_count(const struct jgi_session *session)
{
    const struct jgi_ledger_caller *caller = caller_of(session);
    return caller == NULL ? 0 : caller->rows.count;
}

void jgi_sessions_sweep(struct jgi_server *server)
{
    for (struct jgi_link *at = server->sessions.next, *next; at != &server->sessions; at = next) {
        struct jgi_session *session = JGI_OWNER(at, struct jgi_session, link);
        next = at->next;
        if (caller_of(session) == NULL) session_free(session);
    }
}

void jgi_sessions_end(struct jgi_server *server)
{
    while (!jgi_list_is_empty(&server->sessions))
        session_free(JGI_OWNER(server->sessions.next, struct jgi_session, link));
}

static bool hold(uint64_t *of_session, uint64_t *of_all, uint64_t size, uint64_t max)
{
    if (size > max || *of_all > max - size || *of_session > max / 2 || size > max / 2 - *of_session)
        return false;
    *of_session += size;
    *of_all += size;
    return true;
}

bool jgi_session_hold_args(struct jgi_session *session, uint64_t size)
{
    struct jgi_server *server = session->server;
    return hold(&session->args_bytes, &server->args_bytes, size, server->config.held_max);
}

bool jgi_session_hold_result(struct jgi_session *session, uint64_t size)
{
    struct jgi_server *server = session->server;
    return hold(&session->result_bytes, &server->result_bytes, size, server->config.held_max);
}
