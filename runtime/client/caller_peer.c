/* SPDX-License-Identifier: MIT */
/* A caller's peers: their links and sessions, and the frames that come from them. */
#include "caller.h"

#include "caller_row.h"
#include "caller_step.h"

#include "../wire/durations.h"

bool jgi_caller_add_peer(struct jgi_caller *caller, struct jgi_caller_peer *peer, void *user)
{
    if (!jgi_timers_reserve(&caller->peer_timers, caller->peer_count + 1)) return false;
    *peer = (struct jgi_caller_peer){.user = user};
    jgi_list_init(&peer->held);
    jgi_list_init(&peer->notes);
    jgi_list_add_last(&caller->peers, &peer->in_caller);
    caller->peer_count++;
    return true;
}

void jgi_caller_lose(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t now_ns)
{
    jgi_timer_clear(&caller->peer_timers, &peer->lost);
    peer->state = JGI_PEER_DOWN;
    peer->session = peer->incarnation = 0;
    while (!jgi_list_is_empty(&peer->notes)) {
        struct jgi_caller_note *note = JGI_OWNER(peer->notes.next, struct jgi_caller_note, in_peer);
        struct jgi_caller_row *row = note->row;
        (void)jgi_note_free(caller, note); /* nobody points to it */
        jgi_row_settle(caller, row);
    }
    for (struct jgi_link *link = peer->held.next, *next; link != &peer->held; link = next) {
        next = link->next;
        struct jgi_caller_row *row = JGI_OWNER(link, struct jgi_caller_row, in_holder);
        (void)jgi_caller_order(caller, row, JGI_CALL_ON_LOST, JG_ENODE,
                               now_ns); /* takes no memory */
    }
}

void jgi_caller_remove_peer(struct jgi_caller *caller, struct jgi_caller_peer *peer,
                            uint64_t now_ns)
{
    jgi_caller_lose(caller, peer, now_ns);
    caller->hooks->lost(caller->user, peer);
    jgi_list_remove(&peer->in_caller);
    caller->peer_count--;
}

/* No link: nothing is sent, and the session has this long to get another one. */
static void peer_down(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t now_ns)
{
    peer->state = JGI_PEER_DOWN;
    if (peer->session != 0 && peer->lost.place == 0)
        (void)jgi_timer_set(&caller->peer_timers, &peer->lost, now_ns + JGI_NODE_LOST_NS);
}

void jgi_caller_dial(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t now_ns,
                     struct jgi_message *ret_hello)
{
    peer_down(caller, peer, now_ns);
    peer->state = JGI_PEER_DIALED;
    peer->ignored = 0;
    peer->dial_count++;
    *ret_hello = (struct jgi_message){.kind = JGI_MESSAGE_HELLO,
                                      .role = JGI_PEER_CALLER,
                                      .incarnation = caller->incarnation,
                                      .session = peer->session,
                                      .dial_count = peer->dial_count,
                                      .floor = jgi_caller_floor(caller)};
}

static enum jgi_hello_relation relation(const struct jgi_caller_peer *peer,
                                        const struct jgi_message *hello)
{
    if (peer->session == 0) return JGI_HELLO_FIRST;
    bool is_same = peer->session == hello->session && peer->incarnation == hello->incarnation;
    return is_same ? JGI_HELLO_SAME : JGI_HELLO_OTHER;
}

/* All that waits for this peer, again. */
static void peer_resume(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t now_ns)
{
    for (struct jgi_link *link = peer->held.next; link != &peer->held; link = link->next) {
        struct jgi_caller_row *row = JGI_OWNER(link, struct jgi_caller_row, in_holder);
        row->unanswered = (struct jgi_unanswered){0};
        jgi_row_send(caller, row, now_ns);
        jgi_row_arm(caller, row, now_ns);
    }
    for (struct jgi_link *link = peer->notes.next; link != &peer->notes; link = link->next) {
        struct jgi_caller_note *note = JGI_OWNER(link, struct jgi_caller_note, in_peer);
        note->unanswered = (struct jgi_unanswered){0};
        if (!note->is_confirmed) jgi_note_send(caller, note, now_ns);
    }
}

bool jgi_caller_hello(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint32_t dial_count,
                      const struct jgi_message *hello, uint64_t now_ns)
{
    if (peer->state != JGI_PEER_DIALED || peer->dial_count != dial_count) return false;
    if (hello->session == 0 || hello->incarnation == 0) return false;
    bool is_lost = caller->rules->is_lost[relation(peer, hello)];
    if (is_lost) jgi_caller_lose(caller, peer, now_ns);
    jgi_timer_clear(&caller->peer_timers, &peer->lost);
    peer->incarnation = hello->incarnation;
    peer->session = hello->session;
    peer->state = JGI_PEER_READY;
    if (is_lost) caller->hooks->lost(caller->user, peer);
    peer_resume(caller, peer, now_ns);
    return true;
}

/* Frames. ----------------------------------------------------------------------------------- */

static bool is_newest(const struct jgi_caller_peer *peer, uint32_t dial_count)
{
    return peer->state == JGI_PEER_READY && peer->dial_count == dial_count;
}

struct jgi_caller_row *jgi_caller_find(struct jgi_caller *caller, struct jgi_caller_peer *peer,
                                       uint32_t dial_count, uint64_t number)
{
    struct jgi_caller_row *row = is_newest(peer, dial_count) ? jgi_row_find(caller, number) : NULL;
    if (row == NULL || row->holder != peer) return NULL;
    row->unanswered = (struct jgi_unanswered){0};
    return row->user != NULL ? row : NULL;
}

/* -1: not about a call, or RELEASED. */
static int event_of(enum jgi_message_kind kind)
{
    switch (kind) {
    case JGI_MESSAGE_ACCEPTED:
        return JGI_CALL_ON_ACCEPTED;
    case JGI_MESSAGE_NEED:
        return JGI_CALL_ON_NEED;
    case JGI_MESSAGE_REFUSED:
        return JGI_CALL_ON_REFUSED;
    case JGI_MESSAGE_RUNNING:
        return JGI_CALL_ON_RUNNING;
    case JGI_MESSAGE_RESULT:
        return JGI_CALL_ON_RESULT;
    case JGI_MESSAGE_UNKNOWN:
        return JGI_CALL_ON_UNKNOWN;
    default:
        return -1;
    }
}

static void released(struct jgi_caller *caller, struct jgi_caller_row *row,
                     struct jgi_caller_peer *peer)
{
    struct jgi_caller_note *note = row == NULL ? NULL : jgi_note_find(row, peer);
    if (note == NULL) return;
    note->is_confirmed = true;
    jgi_timer_clear(&caller->note_timers, &note->timer);
    jgi_row_settle(caller, row);
}

bool jgi_caller_frame(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint32_t dial_count,
                      const struct jgi_message *message, uint64_t now_ns)
{
    if (!is_newest(peer, dial_count) || message->number >= caller->next_number) return false;
    struct jgi_caller_row *row = jgi_row_find(caller, message->number);
    bool is_holder = row != NULL && row->holder == peer;
    int event = event_of(message->kind);
    if (is_holder) row->unanswered = (struct jgi_unanswered){0};
    if (message->kind == JGI_MESSAGE_RELEASED) released(caller, row, peer);
    if (event < 0) return false;
    return jgi_caller_step(caller, row,
                           &(struct jgi_happening){
                               .event = (enum jgi_call_event)event,
                               .peer = peer,
                               .message = message,
                               .status = message->kind == JGI_MESSAGE_UNKNOWN ? JG_ENODE : JG_OK,
                               .now_ns = now_ns}) &&
           is_holder;
}

void jgi_caller_piece_taken(struct jgi_caller_peer *peer, uint64_t now_ns)
{
    peer->piece_ns = now_ns;
}

void jgi_caller_closed(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint32_t dial_count,
                       uint64_t now_ns)
{
    if (peer->dial_count == dial_count) peer_down(caller, peer, now_ns);
}

void jgi_caller_refused(struct jgi_caller *caller, struct jgi_caller_peer *peer,
                        uint32_t dial_count, uint64_t now_ns)
{
    if (peer->dial_count != dial_count) return;
    jgi_caller_lose(caller, peer, now_ns);
    caller->hooks->lost(caller->user, peer);
}
