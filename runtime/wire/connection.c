/* SPDX-License-Identifier: MIT */
/* Links: what is said first, who may say it, and how its end is noticed.

   Happy path, accepting side: GREETING goes out, HELLO comes, its proof is right, the owner agrees,
   HELLO goes out, frames follow. Dialing side: the same from the other end, by an HTTP upgrade
   first where control is dialed. What goes wrong: a peer that is not on loopback, cannot prove,
   speaks another version, or is refused by the owner gets GOODBYE with the reason; one that is
   silent, sends no frames or too large ones is cut. */
#define _GNU_SOURCE
#include "connection.h"

#include "../base/clock.h"
#include "../base/text.h"
#include "durations.h"
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    VERSION = 1,
    UNPROVEN_MAX = 256,
    UNPROVEN_PER_ADDRESS = 32,
    GOODBYE_SIZE = 512,      /* of its text, as it is told */
    BEHIND = 4 * 1024 * 1024 /* more than what is sent in one go */
};

enum state {
    WAITS_FOR_UPGRADE,
    WAITS_FOR_GREETING,
    WAITS_FOR_HELLO,
    OPEN,
    CLOSED /* no callback comes any more */
};

struct jgi_connection {
    struct jgi_connection_config config;
    struct jgi_stream *stream; /* NULL: has ended */
    enum state state;
    bool is_dialer;
    bool is_silent; /* the end came from silence */
    unsigned calls; /* of the owner or of the stream that are under way: it is not freed yet */
    uint8_t own_nonce[JGI_NONCE_SIZE], peer_nonce[JGI_NONCE_SIZE];
    struct jgi_message hello; /* what a dialer says; name is owned */
    struct jgi_alarm alarm;   /* the limit for HELLO, then the next ping */
    uint64_t heard_ns, moved_ns;
    uint64_t sent;                 /* bytes, when it was looked at last */
    uint64_t ping_ns, repinged_ns; /* the first and the last PING without PONG; 0: none */
    struct jgi_link unproven_link;
    bool is_landing;
    struct jgi_message landing; /* a PIECE whose body is on its way to its place */
    char peer[80];
};

/* Accepted and not proven yet, oldest first; locked by the loop. */
static struct jgi_link unproven = {&unproven, &unproven};

static void free_if_over(struct jgi_connection *connection)
{
    if (connection->state != CLOSED || connection->calls > 0) return;
    jgi_loop_clear_alarm(connection->config.loop, &connection->alarm);
    jgi_list_remove(&connection->unproven_link);
    free((char *)(uintptr_t)connection->hello.name);
    free(connection);
}

static void leave(struct jgi_connection *connection)
{
    connection->calls--;
    free_if_over(connection);
}

/* Tells the owner and ends. */
static void end(struct jgi_connection *connection, jg_status status, const char *why)
{
    if (connection->state == CLOSED) return;
    connection->state = CLOSED;
    connection->calls++;
    if (connection->stream != NULL) jgi_stream_finish(connection->stream);
    connection->stream = NULL;
    connection->config.handler->on_end(connection, connection->config.user, status, why);
    leave(connection);
}

/* Nobody waits for these: they go with what comes next, so that a short call costs one send each
 * way.
 */
static bool can_wait(enum jgi_message_kind kind)
{
    return kind == JGI_MESSAGE_ACCEPTED || kind == JGI_MESSAGE_RELEASE ||
           kind == JGI_MESSAGE_RELEASED;
}

static void flush_for(struct jgi_connection *connection, const struct jgi_message *message)
{
    if (can_wait(message->kind))
        jgi_stream_flush_soon(connection->stream);
    else
        jgi_stream_flush(connection->stream);
}

static bool put(struct jgi_connection *connection, const struct jgi_message *message)
{
    if (!jgi_message_add(jgi_stream_out(connection->stream), message)) return false;
    flush_for(connection, message);
    return true;
}

static void say_goodbye(struct jgi_connection *connection, jg_status status, const char *text)
{
    if (connection->stream == NULL || connection->state < WAITS_FOR_GREETING) return;
    (void)put(connection, &(struct jgi_message){.kind = JGI_MESSAGE_GOODBYE,
                                                .status = (uint32_t)status,
                                                .text = text}); /* the end tells as well */
}

/* GOODBYE to the other side, and the end. */
static void refuse(struct jgi_connection *connection, jg_status status, const char *text)
{
    say_goodbye(connection, status, text);
    end(connection, status, text);
}

static bool greet(struct jgi_connection *connection)
{
    return put(connection, &(struct jgi_message){.kind = JGI_MESSAGE_GREETING,
                                                 .version_min = VERSION,
                                                 .version_max = VERSION,
                                                 .nonce = connection->own_nonce});
}

static bool say_hello(struct jgi_connection *connection, const struct jgi_message *fields)
{
    struct jgi_message hello = *fields;
    uint8_t proof[JGI_PROOF_SIZE];
    bool is_dialer = connection->is_dialer;
    hello.kind = JGI_MESSAGE_HELLO;
    hello.version_min = hello.version_max = VERSION;
    hello.nonce = connection->own_nonce;
    if (connection->config.secret != NULL) {
        jgi_secret_prove(connection->config.secret, is_dialer ? 'd' : 'a',
                         is_dialer ? connection->own_nonce : connection->peer_nonce,
                         is_dialer ? connection->peer_nonce : connection->own_nonce, proof);
        hello.proof = proof;
    }
    return put(connection, &hello);
}

static bool is_proven(const struct jgi_connection *connection, const struct jgi_message *hello)
{
    bool is_dialer = connection->is_dialer;
    if (connection->config.secret == NULL) return true;
    return hello->proof != NULL &&
           jgi_secret_is_proof(connection->config.secret, is_dialer ? 'a' : 'd',
                               is_dialer ? connection->own_nonce : connection->peer_nonce,
                               is_dialer ? connection->peer_nonce : connection->own_nonce,
                               hello->proof);
}

/* False: another version; it has ended. */
static bool agree_on_version(struct jgi_connection *connection, const struct jgi_message *message)
{
    char text[120];
    if (message->version_min <= VERSION && message->version_max >= VERSION) return true;
    (void)snprintf(text, sizeof text,
                   "the other side speaks versions %u to %u of the protocol, this one %d",
                   message->version_min, message->version_max, VERSION);
    refuse(connection, JG_EMISMATCH, text);
    return false;
}

static void set_alarm(struct jgi_connection *connection, uint64_t due_ns)
{
    if (!jgi_loop_set_alarm(connection->config.loop, &connection->alarm, due_ns))
        end(connection, JG_ENOMEM, "no memory for its time limits");
}

static void become_open(struct jgi_connection *connection, const struct jgi_message *hello)
{
    connection->state = OPEN;
    jgi_list_remove(&connection->unproven_link);
    connection->heard_ns = connection->moved_ns = jgi_clock_ns();
    set_alarm(connection, connection->heard_ns + JGI_PING_AFTER_NS);
    if (connection->state == OPEN)
        connection->config.handler->on_open(connection, connection->config.user, hello);
}

static void take_greeting(struct jgi_connection *connection, const struct jgi_message *greeting)
{
    if (greeting->kind != JGI_MESSAGE_GREETING || greeting->nonce == NULL) {
        end(connection, JG_EPROTOCOL, "the other side does not begin with a greeting");
        return;
    }
    if (!agree_on_version(connection, greeting)) return;
    memcpy(connection->peer_nonce, greeting->nonce, JGI_NONCE_SIZE);
    connection->state = WAITS_FOR_HELLO;
    if (!say_hello(connection, &connection->hello)) end(connection, JG_ENOMEM, "no memory");
}

static void answer_hello(struct jgi_connection *connection, const struct jgi_message *hello)
{
    struct jgi_message answer = {.kind = JGI_MESSAGE_HELLO};
    memcpy(connection->peer_nonce, hello->nonce, JGI_NONCE_SIZE);
    if (!is_proven(connection, hello)) {
        refuse(connection, JG_EAUTH,
               "served are programs of the same user only: the local secret is another");
        return;
    }
    bool is_served =
        connection->config.handler->on_hello(connection, connection->config.user, hello, &answer);
    if (connection->state == CLOSED) return;
    if (!is_served)
        refuse(connection, (jg_status)answer.status, answer.text);
    else if (!say_hello(connection, &answer))
        end(connection, JG_ENOMEM, "no memory");
    else
        become_open(connection, hello);
}

static void take_hello(struct jgi_connection *connection, const struct jgi_message *hello)
{
    if (hello->kind != JGI_MESSAGE_HELLO || hello->nonce == NULL) {
        end(connection, JG_EPROTOCOL, "something else came before HELLO");
        return;
    }
    if (!agree_on_version(connection, hello)) return;
    if (!connection->is_dialer) {
        answer_hello(connection, hello);
        return;
    }
    if (is_proven(connection, hello))
        become_open(connection, hello);
    else
        end(connection, JG_EAUTH,
            "it runs as another user: its local secret is another, nothing was sent to it");
}

/* What is pending tells as much as PONG does. */
static void answer_ping(struct jgi_connection *connection)
{
    if (!jgi_connection_is_behind(connection))
        (void)put(connection, &(struct jgi_message){.kind = JGI_MESSAGE_PONG});
}

static void ping(struct jgi_connection *connection)
{
    connection->repinged_ns = jgi_clock_ns();
    if (connection->ping_ns == 0) connection->ping_ns = connection->repinged_ns;
    (void)put(connection, &(struct jgi_message){.kind = JGI_MESSAGE_PING});
}

/* Of the first PING at least; a PING may have got no PONG. */
static void take_pong(struct jgi_connection *connection)
{
    uint64_t ping_ns = connection->ping_ns;
    connection->ping_ns = 0;
    if (ping_ns != 0 && connection->config.handler->on_taken != NULL)
        connection->config.handler->on_taken(connection, connection->config.user, ping_ns);
}

void jgi_connection_ping(struct jgi_connection *connection)
{
    bool is_due =
        connection->ping_ns == 0 || jgi_clock_ns() - connection->repinged_ns >= JGI_PING_AFTER_NS;
    if (connection->state == OPEN && is_due) ping(connection);
}

/* Its text is printed, and anybody may have said it: nothing is proven yet, perhaps. */
static void take_goodbye(struct jgi_connection *connection, const struct jgi_message *goodbye)
{
    char text[GOODBYE_SIZE];
    bool is_status = goodbye->status > JG_PENDING && goodbye->status < JG_STATUS_COUNT;
    (void)snprintf(text, sizeof text, "%s",
                   goodbye->text == NULL ? "the other side has said goodbye" : goodbye->text);
    jgi_text_tame(text);
    end(connection, is_status ? (jg_status)goodbye->status : JG_ENODE, text);
}

static void take_message(struct jgi_connection *connection, const struct jgi_message *message)
{
    if (message->kind == JGI_MESSAGE_GOODBYE)
        take_goodbye(connection, message);
    else if (connection->state == WAITS_FOR_GREETING)
        take_greeting(connection, message);
    else if (connection->state == WAITS_FOR_HELLO)
        take_hello(connection, message);
    else if (message->kind == JGI_MESSAGE_PING)
        answer_ping(connection);
    else if (message->kind == JGI_MESSAGE_PONG)
        take_pong(connection);
    else if (message->kind == JGI_MESSAGE_GREETING || message->kind == JGI_MESSAGE_HELLO)
        refuse(connection, JG_EPROTOCOL, "HELLO came twice");
    else
        connection->config.handler->on_message(connection, connection->config.user, message);
}

/* Why there was no upgrade: what control says in a line, or that it is something else. */
static void end_without_upgrade(struct jgi_connection *connection, const struct jgi_http_head *head,
                                struct jgi_http_text line)
{
    char text[200];
    bool is_refused = head != NULL && (head->status == 403 || head->status == 503);
    size_t size = 0;
    while (size < line.size && size < 160 && line.bytes[size] >= ' ' && line.bytes[size] < 127)
        size++;
    (void)snprintf(text, sizeof text, is_refused ? "%.*s" : "it is no control, it answers '%.*s'",
                   (int)size, line.bytes);
    if (!is_refused)
        end(connection, JG_EPROTOCOL, text);
    else
        end(connection, head->status == 403 ? JG_EAUTH : JG_EFULL, text);
}

/* The answer to the upgrade has come whole, or not yet. */
static void take_upgrade(struct jgi_connection *connection, struct jgi_buffer *in)
{
    struct jgi_http_head head;
    struct jgi_http_text all = {.bytes = (const char *)jgi_buffer_data(in),
                                .size = jgi_buffer_size(in)};
    int found = jgi_http_read_response(jgi_buffer_data(in), all.size, &head);
    if (found == 0) return;
    if (found < 0) {
        end_without_upgrade(connection, NULL, all);
    } else if (head.status == 101 && head.is_upgrade) {
        jgi_buffer_take(in, head.size);
        connection->state = WAITS_FOR_GREETING;
    } else if (head.status != 403 && head.status != 503) {
        end_without_upgrade(connection, &head, all);
    } else if (head.content_length > JGI_HTTP_HEAD_MAX ||
               all.size - head.size >= head.content_length) {
        all.bytes += head.size;
        all.size -= head.size;
        end_without_upgrade(connection, &head, all);
    }
}

static size_t frame_max_now(const struct jgi_connection *connection)
{
    return connection->state == OPEN
               ? JGI_MESSAGE_PREFIX + JGI_MESSAGE_HEAD_MAX + JGI_MESSAGE_BODY_MAX
               : JGI_MESSAGE_HELLO_MAX;
}

/* A part of a frame has come. The body of a large piece goes to its place without a copy. */
static void land(struct jgi_connection *connection, struct jgi_buffer *in)
{
    struct jgi_received received;
    struct jgi_lent place;
    size_t head_size;
    if (connection->state != OPEN || connection->config.handler->on_landing == NULL ||
        jgi_message_read_head(jgi_buffer_data(in), jgi_buffer_size(in), frame_max_now(connection),
                              &received, &head_size) <= 0)
        return; /* what is wrong with it is seen when it is here */
    struct jgi_message piece = received.message;
    bool is_piece = piece.kind == JGI_MESSAGE_PIECE && piece.object != JGI_OBJECT_PROGRAM;
    jgi_message_fini(&received);
    if (!is_piece || !connection->config.handler->on_landing(connection, connection->config.user,
                                                             &piece, &place))
        return;
    connection->is_landing = true;
    connection->landing = (struct jgi_message){.kind = piece.kind,
                                               .number = piece.number,
                                               .floor = piece.floor,
                                               .object = piece.object,
                                               .offset = piece.offset,
                                               .size = piece.size,
                                               .body = place.bytes,
                                               .body_size = place.size};
    jgi_buffer_take(in, head_size);
    jgi_stream_land(connection->stream, &place);
}

/* False: more of it is to come, or the connection has ended. */
static bool take_landed(struct jgi_connection *connection)
{
    if (!connection->is_landing) return true;
    if (jgi_stream_is_landing(connection->stream)) return false;
    connection->is_landing = false;
    take_message(connection, &connection->landing);
    return connection->state != CLOSED;
}

static void take_frames(struct jgi_connection *connection, struct jgi_buffer *in)
{
    while (connection->state != CLOSED) {
        size_t frame_max = frame_max_now(connection);
        struct jgi_received received;
        size_t frame_size;
        int found = jgi_message_read(jgi_buffer_data(in), jgi_buffer_size(in), frame_max, &received,
                                     &frame_size);
        if (found < 0) {
            if (errno == ENOMEM)
                end(connection, JG_ENOMEM, "no memory for what came");
            else
                refuse(connection, JG_EPROTOCOL, "what came over the link is no frame");
        }
        if (found == 0) land(connection, in);
        if (found <= 0) return;
        take_message(connection, &received.message);
        jgi_message_fini(&received);
        if (connection->state != CLOSED) jgi_buffer_take(in, frame_size);
    }
}

static void on_bytes(struct jgi_stream *stream, void *user, struct jgi_buffer *in)
{
    struct jgi_connection *connection = user;
    (void)stream;
    connection->calls++;
    connection->heard_ns = jgi_clock_ns();
    if (connection->state == WAITS_FOR_UPGRADE) take_upgrade(connection, in);
    if (connection->state != WAITS_FOR_UPGRADE && take_landed(connection))
        take_frames(connection, in);
    leave(connection);
}

static void on_connected(struct jgi_stream *stream, void *user)
{
    struct jgi_connection *connection = user;
    if (!connection->config.is_upgraded) return;
    if (jgi_http_add_upgrade(jgi_stream_out(stream), connection->peer))
        jgi_stream_flush(stream);
    else
        end(connection, JG_ENOMEM, "no memory");
}

static void on_drained(struct jgi_stream *stream, void *user)
{
    struct jgi_connection *connection = user;
    (void)stream;
    if (connection->state != OPEN || connection->config.handler->on_drained == NULL) return;
    connection->calls++;
    connection->config.handler->on_drained(connection, connection->config.user);
    leave(connection);
}

static void on_stream_end(struct jgi_stream *stream, void *user, const char *why)
{
    struct jgi_connection *connection = user;
    (void)stream;
    connection->stream = NULL;
    end(connection, JG_ENODE, why);
}

static const struct jgi_stream_handler stream_handler = {.on_open = on_connected,
                                                         .on_bytes = on_bytes,
                                                         .on_drained = on_drained,
                                                         .on_end = on_stream_end};

static void on_alarm(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_connection *connection = JGI_OWNER(alarm, struct jgi_connection, alarm);
    uint64_t now_ns = jgi_loop_seen_ns(loop), sent;
    if (connection->state != OPEN) {
        end(connection, JG_ENODE, "no HELLO came within 3 s");
        return;
    }
    sent = jgi_stream_sent(connection->stream);
    if (sent != connection->sent || jgi_stream_pending(connection->stream) == 0)
        connection->moved_ns = now_ns;
    connection->sent = sent;
    if (now_ns < connection->heard_ns) now_ns = connection->heard_ns;
    if (now_ns - connection->heard_ns >= JGI_SILENT_AFTER_NS) {
        connection->is_silent = true;
        end(connection, JG_ENODE, "silent for 4 s");
        return;
    }
    if (now_ns - connection->moved_ns >= JGI_SILENT_AFTER_NS) {
        connection->is_silent = true;
        end(connection, JG_ENODE, "it took nothing for 4 s");
        return;
    }
    if (now_ns - connection->heard_ns < JGI_PING_AFTER_NS) {
        set_alarm(connection, connection->heard_ns + JGI_PING_AFTER_NS);
        return;
    }
    ping(connection);
    set_alarm(connection, jgi_clock_ns() + JGI_PING_AFTER_NS);
}

static struct jgi_connection *connection_new(const struct jgi_connection_config *config)
{
    struct jgi_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) return NULL;
    connection->config = *config;
    connection->alarm.on_due = on_alarm;
    jgi_list_init(&connection->unproven_link);
    if (getrandom(connection->own_nonce, JGI_NONCE_SIZE, 0) == JGI_NONCE_SIZE &&
        jgi_loop_set_alarm(config->loop, &connection->alarm, jgi_clock_ns() + JGI_HELLO_WITHIN_NS))
        return connection;
    jgi_loop_clear_alarm(config->loop, &connection->alarm);
    free(connection);
    return NULL;
}

struct jgi_connection *jgi_connection_dial(const struct jgi_connection_config *config,
                                           const char *address, const struct jgi_message *hello)
{
    struct jgi_connection *connection = connection_new(config);
    if (connection == NULL) return NULL;
    connection->is_dialer = true;
    connection->state = config->is_upgraded ? WAITS_FOR_UPGRADE : WAITS_FOR_GREETING;
    (void)snprintf(connection->peer, sizeof connection->peer, "%.79s", address);
    connection->hello = *hello;
    connection->hello.name = hello->name == NULL ? NULL : strdup(hello->name);
    connection->stream = jgi_stream_dial(config->loop, address, &stream_handler, connection);
    if (connection->stream != NULL && (hello->name == NULL || connection->hello.name != NULL))
        return connection;
    jgi_connection_close(connection, JG_OK, NULL);
    return NULL;
}

/* Up to the port; all of "?", where the peer was gone before its address was asked for. */
static size_t host_size(const char *peer)
{
    const char *colon = strrchr(peer, ':');
    return colon == NULL ? strlen(peer) : (size_t)(colon - peer);
}

/* Of the host alone: each connection has another port. */
static bool is_same_host(const char *a, const char *b)
{
    size_t size = host_size(a);
    return host_size(b) == size && memcmp(a, b, size) == 0;
}

/* Makes room among the unproven: the oldest goes first. */
static void limit_unproven(const char *peer)
{
    unsigned count = 0, of_address = 0;
    struct jgi_connection *oldest = NULL;
    for (struct jgi_link *link = unproven.next; link != &unproven; link = link->next) {
        struct jgi_connection *one = JGI_OWNER(link, struct jgi_connection, unproven_link);
        count++;
        if (!is_same_host(one->peer, peer)) continue;
        if (oldest == NULL) oldest = one;
        of_address++;
    }
    if (of_address >= UNPROVEN_PER_ADDRESS)
        end(oldest, JG_ENODE, "others came after it and it had not said HELLO");
    else if (count >= UNPROVEN_MAX)
        end(JGI_OWNER(unproven.next, struct jgi_connection, unproven_link), JG_ENODE,
            "others came after it and it had not said HELLO");
}

struct jgi_connection *jgi_connection_accept(const struct jgi_connection_config *config,
                                             struct jgi_stream *stream, struct jgi_buffer *in)
{
    struct jgi_connection *connection = connection_new(config);
    if (connection == NULL) {
        jgi_stream_close(stream);
        return NULL;
    }
    (void)snprintf(connection->peer, sizeof connection->peer, "%.79s", jgi_stream_peer(stream));
    limit_unproven(connection->peer);
    connection->stream = stream;
    connection->state = WAITS_FOR_HELLO;
    jgi_list_add_last(&unproven, &connection->unproven_link);
    jgi_stream_set_handler(stream, &stream_handler, connection);
    if (!jgi_stream_is_loopback(stream)) {
        jgi_connection_close(connection, JG_EAUTH,
                             "served are programs of the same machine only: there are no "
                             "credentials, see jobd token");
        return NULL;
    }
    if ((in != NULL && jgi_buffer_size(in) > 0) || !greet(connection)) {
        jgi_connection_close(connection, JG_OK, NULL);
        return NULL;
    }
    return connection;
}

bool jgi_connection_send(struct jgi_connection *connection, const struct jgi_message *message)
{
    if (connection->state != OPEN) return false;
    if (put(connection, message)) return true;
    end(connection, JG_ENOMEM, "no memory to send");
    return false;
}

uint8_t *jgi_connection_send_hollow(struct jgi_connection *connection,
                                    const struct jgi_message *message)
{
    if (!jgi_connection_send(connection, message)) return NULL;
    const struct jgi_buffer *out = jgi_stream_out(connection->stream);
    return out->bytes + out->end - message->body_size;
}

bool jgi_connection_send_lent(struct jgi_connection *connection, const struct jgi_message *message,
                              void (*end_lent)(void *owner), void *owner)
{
    if (connection->state != OPEN) {
        end_lent(owner);
        return false;
    }
    struct jgi_buffer *out = jgi_stream_out(connection->stream);
    struct jgi_lent body = {.bytes = (uint8_t *)(uintptr_t)message->body, /* it is only read */
                            .size = message->body_size,
                            .end = end_lent,
                            .owner = owner};
    bool is_put = jgi_message_add_head(out, message);
    if (!is_put || !jgi_stream_lend(connection->stream, &body)) {
        is_put = is_put && jgi_buffer_add(out, message->body, message->body_size);
        end_lent(owner);
    }
    if (is_put) {
        flush_for(connection, message);
        return true;
    }
    end(connection, JG_ENOMEM, "no memory to send");
    return false;
}

size_t jgi_connection_pending(const struct jgi_connection *connection)
{
    return connection->stream == NULL ? 0 : jgi_stream_pending(connection->stream);
}

bool jgi_connection_is_behind(const struct jgi_connection *connection)
{
    return jgi_connection_pending(connection) > BEHIND;
}

void jgi_connection_close(struct jgi_connection *connection, jg_status status, const char *text)
{
    if (connection->state == CLOSED) return;
    if (status != JG_OK) say_goodbye(connection, status, text);
    connection->state = CLOSED;
    if (connection->stream != NULL) jgi_stream_finish(connection->stream);
    connection->stream = NULL;
    free_if_over(connection);
}

bool jgi_connection_is_silent(const struct jgi_connection *connection)
{
    return connection->is_silent;
}

const char *jgi_connection_peer(const struct jgi_connection *connection)
{
    return connection->peer;
}
