/* SPDX-License-Identifier: MIT */
/* The links of callers, and what each frame is for.

   Happy path: HELLO opens or resumes a session, START goes to the ledger, which orders executions
   (executions.c) and has their outcomes sent until RELEASE. What goes wrong: a link ends, its
   session waits for another one; a peer that breaks the protocol gets GOODBYE and one line is
   written about it, nothing else is touched; the caller is lost, the ledger drops its rows and what
   is held here for its session goes with them.

   A link that has ended is freed in the next flush: whoever was using it has left by then. */
#define _GNU_SOURCE
#include "server_state.h"

#include "../base/clock.h"
#include "../wire/listener.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/sysinfo.h>

enum {
    LINKS_MAX = 1024,
    CREDITS_MIN = 64,
    CREDITS_PER_SLOT = 32,
    CREDITS_MAX = 1024,
    LINGER_MS = 60 * 1000,
    END_MS = 3000
};

void jgi_server_note(struct jgi_server *server, const char *format, ...)
{
    char line[512];
    va_list words;
    unsigned left_out;
    if (server->config.on_note == NULL ||
        !jgi_pace_allows(&server->notes, jgi_clock_ns(), &left_out))
        return;
    if (left_out > 0) {
        (void)snprintf(line, sizeof line, "%u lines like the last ones were left out", left_out);
        server->config.on_note(server->config.user, line);
    }
    va_start(words, format);
    (void)vsnprintf(line, sizeof line, format, words);
    va_end(words);
    server->config.on_note(server->config.user, line);
}

/* Links. ------------------------------------------------------------------------------------ */

struct jgi_connection *jgi_server_connection(const struct jgi_session *session)
{
    return session->newest == NULL ? NULL : session->newest->connection;
}

/* Its connection is closed. */
static void link_ended(struct jgi_node_link *link)
{
    struct jgi_session *session = link->session;
    link->connection = NULL;
    link->session = NULL;
    jgi_outgoing_fini(&link->outgoing);
    if (session != NULL) {
        session->newest = NULL;
        jgi_shipping_leave(session);
    }
    link->server->link_count--;
    jgi_list_remove(&link->link);
    jgi_list_add_last(&link->server->ended_links, &link->link);
    jgi_loop_do_later(link->server->config.loop, &link->server->bury);
}

static void on_bury(struct jgi_loop *loop, struct jgi_later *later)
{
    struct jgi_server *server = JGI_OWNER(later, struct jgi_server, bury);
    (void)loop;
    while (!jgi_list_is_empty(&server->ended_links)) {
        struct jgi_node_link *link =
            JGI_OWNER(server->ended_links.next, struct jgi_node_link, link);
        jgi_list_remove(&link->link);
        free(link);
    }
}

void jgi_server_end_link(struct jgi_node_link *link, jg_status status, const char *text)
{
    if (link->connection == NULL) return;
    jgi_connection_close(link->connection, status, text);
    link_ended(link);
}

/* GOODBYE to a peer that broke the protocol. */
static void dismiss(struct jgi_node_link *link, const char *how)
{
    if (link->connection == NULL) return;
    jgi_server_note(link->server, "the link of %s (%s) is closed: %s",
                    link->session == NULL ? "a caller" : link->session->name,
                    jgi_connection_peer(link->connection), how);
    jgi_server_end_link(link, JG_EPROTOCOL, how);
    jgi_ledger_closed(&link->server->ledger, &link->ledger, false, jgi_clock_ns());
}

static bool refuse_hello(struct jgi_message *answer, jg_status status, const char *text)
{
    answer->status = (uint32_t)status;
    answer->text = text;
    return false;
}

static uint64_t random_number(void)
{
    uint64_t number = 0;
    while (number == 0)
        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) number = 0;
    return number;
}

static bool on_hello(struct jgi_connection *connection, void *user, const struct jgi_message *hello,
                     struct jgi_message *answer)
{
    struct jgi_node_link *link = user;
    struct jgi_server *server = link->server;
    (void)connection;
    if (hello->role != JGI_PEER_CALLER || hello->incarnation == 0)
        return refuse_hello(answer, JG_EPROTOCOL, "a node serves callers");
    if (server->is_stopping) return refuse_hello(answer, JG_EDOWN, "the node ends");
    enum jgi_ledger_verdict verdict =
        jgi_ledger_hello(&server->ledger, &link->ledger, hello, random_number(), answer);
    if (verdict == JGI_LEDGER_REFUSE_LINK)
        return refuse_hello(answer, JG_ENODE, "a newer link of this caller is there");
    if (verdict == JGI_LEDGER_RENEW) jgi_sessions_sweep(server);
    struct jgi_session *session =
        jgi_session_get(server, link->ledger.session, hello->incarnation, hello->name);
    if (session == NULL) return refuse_hello(answer, JG_ENOMEM, "the node has no memory");
    session->newest = link;
    link->session = session;
    answer->credits = server->credits;
    answer->name = server->config.name;
    return true;
}

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    struct jgi_node_link *link = user;
    (void)connection;
    (void)hello;
    if (link->session != NULL) jgi_executions_resume(link->session);
    jgi_ledger_resume(&link->server->ledger, &link->ledger, jgi_clock_ns());
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct jgi_node_link *link = user;
    bool is_silent = jgi_connection_is_silent(connection);
    if (status == JG_EAUTH || status == JG_EPROTOCOL || status == JG_EMISMATCH)
        jgi_server_note(link->server, "the link of %s is closed: %s",
                        jgi_connection_peer(connection), why);
    link_ended(link);
    jgi_ledger_closed(&link->server->ledger, &link->ledger, is_silent, jgi_clock_ns());
}

/* Frames. ----------------------------------------------------------------------------------- */

/* NULL, or what is wrong with it. */
static const char *check_start(const struct jgi_message *start)
{
    if (start->program == NULL || start->job_name == NULL || start->size == 0)
        return "its START names no program or job";
    if (start->number == 0 || start->number == UINT64_MAX) return "its START has no number";
    if (start->size > INT64_MAX || start->bulk_size > INT64_MAX)
        return "its START names sizes that do not exist";
    for (size_t i = 0; i < start->segment_count; i++)
        if (start->segments[i].offset % 4096 != 0 || start->segments[i].offset == 0)
            return "its START has segments between pages or on the first one";
    return start->bulk_size > 0 || start->segment_count == 0 ? NULL
                                                             : "its START has segments of nothing";
}

static void take_start(struct jgi_node_link *link, const struct jgi_message *start)
{
    struct jgi_server *server = link->server;
    const char *wrong = check_start(start);
    if (wrong != NULL) {
        dismiss(link, wrong);
        return;
    }
    server->broken = NULL;
    server->staging_asked = NULL;
    server->use_asked = NULL;
    (void)jgi_ledger_frame(&server->ledger, &link->ledger, start, jgi_clock_ns());
    jgi_executions_submit(server);
    if (server->broken != NULL) {
        dismiss(link, server->broken);
        return;
    }
    if (server->staging_asked != NULL) jgi_staging_ask(server->staging_asked);
    if (server->use_asked != NULL) jgi_shipping_ask(server->use_asked);
}

/* ASK, CANCEL, RELEASE. */
static void take_other(struct jgi_node_link *link, const struct jgi_message *message)
{
    struct jgi_session *session = link->session;
    if (message->kind != JGI_MESSAGE_ASK) jgi_staging_drop(session, message->number);
    if (message->kind == JGI_MESSAGE_CANCEL &&
        jgi_execution_find(session, message->number) == NULL &&
        jgi_session_row_count(session) >= JGI_ROWS_MAX)
        dismiss(link, "it cancels more than it releases");
    else
        (void)jgi_ledger_frame(&link->server->ledger, &link->ledger, message, jgi_clock_ns());
}

/* Closes it from here for another reason than the peer's: the caller may come again. */
static void cut(struct jgi_node_link *link, jg_status status, const char *text)
{
    jgi_server_end_link(link, status, text);
    jgi_ledger_closed(&link->server->ledger, &link->ledger, false, jgi_clock_ns());
}

static void pump(struct jgi_node_link *link)
{
    if (link->connection != NULL &&
        !jgi_outgoing_pump(&link->outgoing, link->connection, NULL, NULL))
        cut(link, JG_EINTERNAL, "a result could not be read");
}

static void take_want(struct jgi_node_link *link, const struct jgi_message *want)
{
    const struct jgi_execution *execution =
        want->object == JGI_OBJECT_RESULT ? jgi_execution_find(link->session, want->number) : NULL;
    const struct jgi_payload *result = execution == NULL ? NULL : &execution->outcome.result;
    if (result == NULL || !execution->has_ended || result->bulk_fd < 0 || want->size == 0 ||
        want->size > result->bulk_size || want->offset > result->bulk_size - want->size)
        dismiss(link, "it wants what is not there");
    else if (!jgi_outgoing_add(&link->outgoing, want, result->bulk_fd, result->bulk_size))
        cut(link, JG_ENOMEM, "no memory for what it wants");
    else
        pump(link);
}

static void take_piece(struct jgi_node_link *link, const struct jgi_message *piece)
{
    const char *wrong = "it sent a piece of what nobody asked for";
    if (piece->object == JGI_OBJECT_ARGS)
        wrong = jgi_staging_piece(link->session, piece);
    else if (piece->object == JGI_OBJECT_PROGRAM && piece->program != NULL)
        wrong = jgi_shipping_piece(link->session, piece);
    if (wrong != NULL) dismiss(link, wrong);
}

static void take_floor(struct jgi_session *session, uint64_t floor)
{
    if (floor <= session->floor) return;
    session->floor = floor;
    jgi_staging_drop_below(session, floor);
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct jgi_node_link *link = user;
    (void)connection;
    if (link->session == NULL) return; /* its session has ended */
    take_floor(link->session, message->floor);
    switch (message->kind) {
    case JGI_MESSAGE_START:
        take_start(link, message);
        break;
    case JGI_MESSAGE_ASK:
    case JGI_MESSAGE_CANCEL:
    case JGI_MESSAGE_RELEASE:
        take_other(link, message);
        break;
    case JGI_MESSAGE_WANT:
        take_want(link, message);
        break;
    case JGI_MESSAGE_PIECE:
        take_piece(link, message);
        break;
    default:
        dismiss(link, "it sent a frame that callers do not send");
    }
}

static bool on_landing(struct jgi_connection *connection, void *user,
                       const struct jgi_message *piece, struct jgi_lent *ret_place)
{
    struct jgi_node_link *link = user;
    (void)connection;
    return link->session != NULL && piece->object == JGI_OBJECT_ARGS &&
           jgi_staging_land(link->session, piece, ret_place);
}

static void on_drained(struct jgi_connection *connection, void *user)
{
    struct jgi_node_link *link = user;
    (void)connection;
    if (link->session != NULL) jgi_executions_drained(link->session);
    pump(link);
}

static const struct jgi_connection_handler handler = {.on_hello = on_hello,
                                                      .on_open = on_open,
                                                      .on_message = on_message,
                                                      .on_landing = on_landing,
                                                      .on_drained = on_drained,
                                                      .on_end = on_end};

static void on_accept(struct jgi_stream *stream, void *user)
{
    struct jgi_server *server = user;
    struct jgi_node_link *link = server->link_count < LINKS_MAX ? calloc(1, sizeof *link) : NULL;
    if (link == NULL) {
        jgi_stream_close(stream);
        return;
    }
    struct jgi_connection_config config = {.loop = server->config.loop,
                                           .handler = &handler,
                                           .user = link,
                                           .secret = server->config.secret};
    link->server = server;
    link->ledger.user = link;
    jgi_outgoing_init(&link->outgoing);
    link->connection = jgi_connection_accept(&config, stream, NULL);
    if (link->connection == NULL) {
        free(link);
        return;
    }
    jgi_list_add_last(&server->links, &link->link);
    server->link_count++;
}

/* The server. ------------------------------------------------------------------------------- */

/* The ledger is woken when it has something to do. */
static void arm(struct jgi_server *server)
{
    uint64_t due_ns = jgi_ledger_next(&server->ledger);
    bool is_set = server->tick.timer.place != 0;
    if (due_ns == JGI_NEVER || (is_set && server->tick.timer.due_ns <= due_ns)) return;
    (void)jgi_loop_set_alarm(server->config.loop, &server->tick, due_ns); /* the next flush tries */
}

static void on_tick(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_server *server = JGI_OWNER(alarm, struct jgi_server, tick);
    (void)loop;
    jgi_ledger_tick(&server->ledger, jgi_clock_ns());
    if (server->ledger.callers.count != server->sessions_by_id.count) jgi_sessions_sweep(server);
}

static void on_flush(struct jgi_loop *loop, struct jgi_round *round)
{
    struct jgi_server *server = JGI_OWNER(round, struct jgi_server, round);
    (void)loop;
    jgi_printed_collect(server);
    arm(server);
    if (server->told_busy == server->slots.busy) return;
    server->told_busy = server->slots.busy;
    if (server->config.on_load != NULL) server->config.on_load(server->config.user);
}

static uint64_t half_of_memory(void)
{
    struct sysinfo about;
    return sysinfo(&about) == 0 ? (uint64_t)about.totalram * about.mem_unit / 2 : UINT64_C(1) << 30;
}

static unsigned credits(unsigned slots)
{
    if (slots >= CREDITS_MAX / CREDITS_PER_SLOT) return CREDITS_MAX;
    return slots * CREDITS_PER_SLOT < CREDITS_MIN ? CREDITS_MIN : slots * CREDITS_PER_SLOT;
}

static struct jgi_server *no_server(struct jgi_server *server)
{
    if (server == NULL) return NULL;
    (void)pthread_cond_destroy(&server->has_ended);
    (void)pthread_mutex_destroy(&server->print_lock);
    free(server);
    return NULL;
}

struct jgi_server *jgi_server_new(const struct jgi_server_config *config, char *ret_text,
                                  size_t text_size)
{
    struct jgi_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        (void)snprintf(ret_text, text_size, "no memory");
        return NULL;
    }
    server->config = *config;
    if (config->linger_ms == 0) server->config.linger_ms = LINGER_MS;
    if (config->held_max == 0) server->config.held_max = half_of_memory();
    server->credits = credits(config->slots);
    server->store = (struct jgi_store){.path = config->store, .size_max = config->store_max};
    if (config->store_max == 0) server->store.size_max = jgi_store_default(config->store);
    (void)jgi_store_make_room(&server->store, 0); /* it may have been larger once */
    server->tick.on_due = on_tick;
    server->round.on_flush = on_flush;
    server->bury.run = on_bury;
    (void)pthread_mutex_init(&server->print_lock, NULL); /* without attributes: cannot fail */
    (void)jgi_condition_init(&server->has_ended);        /* no more can this */
    jgi_list_init(&server->links);
    jgi_list_init(&server->ended_links);
    jgi_list_init(&server->sessions);
    jgi_list_init(&server->programs);
    jgi_list_init(&server->to_submit);
    jgi_slots_init(&server->slots, config->slots, config->workers_max);
    jgi_ledger_init(&server->ledger, random_number(), &jgi_execution_hooks, server);
    jgi_loop_lock(config->loop);
    jgi_loop_add_round(config->loop, &server->round);
    jgi_loop_unlock(config->loop);
    server->listener =
        jgi_listener_new(config->loop, config->address, on_accept, server, ret_text, text_size);
    if (server->listener != NULL) return server;
    jgi_loop_lock(config->loop);
    jgi_loop_remove_round(config->loop, &server->round);
    jgi_loop_unlock(config->loop);
    return no_server(server);
}

const char *jgi_server_address(const struct jgi_server *server)
{
    return jgi_listener_address(server->listener);
}

unsigned jgi_server_port(const struct jgi_server *server)
{
    return jgi_listener_port(server->listener);
}

uint64_t jgi_server_incarnation(const struct jgi_server *server)
{
    return server->ledger.incarnation;
}

unsigned jgi_server_busy(const struct jgi_server *server)
{
    return server->slots.busy;
}

/* Locked. All callers are told. */
static void stop(struct jgi_server *server)
{
    server->is_stopping = true;
    jgi_executions_cancel(server);
    while (!jgi_list_is_empty(&server->links))
        jgi_server_end_link(JGI_OWNER(server->links.next, struct jgi_node_link, link), JG_EDOWN,
                            "the node ends");
    jgi_ledger_fini(&server->ledger);
    jgi_sessions_end(server);
}

struct jgi_server *jgi_server_free(struct jgi_server *server)
{
    if (server == NULL) return NULL;
    struct jgi_loop *loop = server->config.loop;
    server->listener = jgi_listener_free(server->listener);
    jgi_loop_lock(loop);
    stop(server);
    while (!jgi_list_is_empty(&server->programs))
        (void)jgi_program_free(JGI_OWNER(server->programs.next, struct jgi_node_program, link),
                               "the node ends");
    uint64_t deadline_ns = jgi_clock_deadline(END_MS);
    while (server->ending_count > 0 && jgi_loop_wait(loop, &server->has_ended, deadline_ns))
        ;
    bool is_over = server->ending_count == 0;
    on_bury(loop, &server->bury);
    jgi_loop_forget_later(loop, &server->bury);
    jgi_loop_clear_alarm(loop, &server->tick);
    jgi_loop_remove_round(loop, &server->round);
    jgi_loop_unlock(loop);
    if (!is_over) return NULL; /* a pool that cannot end still uses it */
    jgi_table_fini(&server->sessions_by_id);
    jgi_table_fini(&server->executions);
    jgi_buffer_fini(&server->printed);
    return no_server(server);
}
