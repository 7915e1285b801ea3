/* SPDX-License-Identifier: MIT */
/* Numbers of a caller, and where each is over. */
#include "caller_row.h"

#include "../wire/durations.h"

#include <stdlib.h>

enum { IGNORED_MIN = 3 }; /* that were surely taken */

struct jgi_caller_row *jgi_row_find(const struct jgi_caller *caller, uint64_t number)
{
    struct jgi_table_link *link = jgi_table_find(&caller->rows, number);
    return link == NULL ? NULL : JGI_OWNER(link, struct jgi_caller_row, by_number);
}

/* Notes. ------------------------------------------------------------------------------------ */

struct jgi_caller_note *jgi_note_new(struct jgi_caller *caller)
{
    if (!jgi_timers_reserve(&caller->note_timers, caller->note_count + 1)) return NULL;
    struct jgi_caller_note *note = calloc(1, sizeof *note);
    if (note == NULL) return NULL;
    jgi_list_init(&note->in_row);
    jgi_list_init(&note->in_peer);
    caller->note_count++;
    return note;
}

struct jgi_caller_note *jgi_note_free(struct jgi_caller *caller, struct jgi_caller_note *note)
{
    if (note == NULL) return NULL;
    jgi_timer_clear(&caller->note_timers, &note->timer);
    jgi_list_remove(&note->in_row);
    jgi_list_remove(&note->in_peer);
    caller->note_count--;
    free(note);
    return NULL;
}

struct jgi_caller_note *jgi_note_find(const struct jgi_caller_row *row,
                                      const struct jgi_caller_peer *peer)
{
    for (struct jgi_link *link = row->notes.next; link != &row->notes; link = link->next) {
        struct jgi_caller_note *note = JGI_OWNER(link, struct jgi_caller_note, in_row);
        if (note->peer == peer) return note;
    }
    return NULL;
}

bool jgi_release_send(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t number)
{
    return peer->state == JGI_PEER_READY &&
           caller->hooks->send(caller->user, peer, JGI_MESSAGE_RELEASE, number, NULL);
}

void jgi_note_send(struct jgi_caller *caller, struct jgi_caller_note *note, uint64_t now_ns)
{
    if (note->peer->state != JGI_PEER_READY) return;
    bool is_said = jgi_release_send(caller, note->peer, note->row->by_number.key);
    note->unanswered.said_ns = is_said ? now_ns : 0;
    (void)jgi_timer_set(&caller->note_timers, &note->timer, /* there is room */
                        now_ns + note->row->intervals.end * JGI_MS_NS);
}

/* The row's spare note, or one more. */
static struct jgi_caller_note *note_take(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    if (row->spare == NULL) return jgi_note_new(caller);
    struct jgi_caller_note *note = row->spare;
    row->spare = NULL;
    return note;
}

bool jgi_note_add(struct jgi_caller *caller, struct jgi_caller_row *row,
                  struct jgi_caller_peer *peer, uint64_t now_ns)
{
    struct jgi_caller_note *note = note_take(caller, row);
    if (note == NULL) return false;
    note->row = row;
    note->peer = peer;
    jgi_list_add_last(&row->notes, &note->in_row);
    jgi_list_add_last(&peer->notes, &note->in_peer);
    jgi_note_send(caller, note, now_ns);
    return true;
}

/* Rows. ------------------------------------------------------------------------------------- */

struct jgi_caller_row *jgi_row_new(struct jgi_caller *caller)
{
    if (!jgi_timers_reserve(&caller->row_timers, caller->row_count + 1)) return NULL;
    struct jgi_caller_row *row = calloc(1, sizeof *row);
    if (row == NULL) return NULL;
    jgi_list_init(&row->in_order);
    jgi_list_init(&row->in_holder);
    jgi_list_init(&row->notes);
    row->state = JGI_CALL_NEW;
    caller->row_count++;
    return row;
}

void jgi_row_number(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    jgi_table_add(&caller->rows, &row->by_number, caller->next_number++);
    jgi_list_add_last(&caller->order, &row->in_order);
}

void jgi_row_free(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    row->spare = jgi_note_free(caller, row->spare);
    jgi_timer_clear(&caller->row_timers, &row->timer);
    jgi_list_remove(&row->in_order);
    jgi_list_remove(&row->in_holder);
    jgi_table_remove(&caller->rows, &row->by_number);
    caller->row_count--;
    free(row);
}

void jgi_row_settle(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    if (row->state != JGI_CALL_OVER) return;
    for (struct jgi_link *link = row->notes.next, *next; link != &row->notes; link = next) {
        next = link->next;
        struct jgi_caller_note *note = JGI_OWNER(link, struct jgi_caller_note, in_row);
        if (note->is_confirmed) (void)jgi_note_free(caller, note); /* nobody points to it */
    }
    if (jgi_list_is_empty(&row->notes)) jgi_row_free(caller, row);
}

void jgi_row_leave(struct jgi_caller_row *row)
{
    if (row->is_told) row->holder->told--;
    row->is_told = false;
    row->holder = NULL;
    jgi_list_remove(&row->in_holder);
}

uint64_t jgi_row_interval_ns(const struct jgi_caller *caller, const struct jgi_caller_row *row)
{
    switch (caller->rules->repeats[row->state].interval) {
    case JGI_CALL_INIT:
        return row->intervals.init * JGI_MS_NS;
    case JGI_CALL_GET:
        return row->is_waited ? row->intervals.get * JGI_MS_NS : 0;
    case JGI_CALL_END:
        return row->intervals.end * JGI_MS_NS;
    default:
        return 0;
    }
}

void jgi_row_arm(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns)
{
    uint64_t interval = jgi_row_interval_ns(caller, row);
    bool is_armed = interval > 0 && row->holder != NULL && row->holder->state == JGI_PEER_READY;
    if (is_armed)
        (void)jgi_timer_set(&caller->row_timers, &row->timer, now_ns + interval); /* has room */
    else
        jgi_timer_clear(&caller->row_timers, &row->timer);
}

void jgi_row_send(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns)
{
    if (row->holder == NULL || row->holder->state != JGI_PEER_READY) return;
    if (jgi_row_interval_ns(caller, row) == 0) return;
    enum jgi_message_kind kind = caller->rules->repeats[row->state].kind;
    bool is_said = caller->hooks->send(caller->user, row->holder, kind, row->by_number.key, row);
    row->unanswered.said_ns = is_said ? now_ns : 0;
}

void jgi_unanswered_again(struct jgi_caller *caller, struct jgi_unanswered *unanswered,
                          struct jgi_caller_peer *peer, enum jgi_message_kind kind, uint64_t now_ns)
{
    if (unanswered->since_ns == 0) unanswered->since_ns = now_ns;
    uint64_t age_ns = now_ns - unanswered->since_ns;
    if (unanswered->said_ns != 0 && unanswered->said_ns < peer->taken_ns) unanswered->count++;
    if (unanswered->count >= IGNORED_MIN && age_ns >= JGI_ANSWER_WITHIN_NS)
        peer->ignored = (uint8_t)kind;
    if (age_ns < JGI_PING_AFTER_NS) return;
    peer->is_doubted = caller->has_doubts = true;
}

bool jgi_row_renew(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    struct jgi_caller_row *old = jgi_row_new(caller);
    if (old == NULL) return false;
    old->state = JGI_CALL_OVER;
    old->intervals = row->intervals;
    jgi_list_add_last(&row->in_order, &old->in_order);
    jgi_list_remove(&row->in_order);
    jgi_table_remove(&caller->rows, &row->by_number);
    jgi_table_add(&caller->rows, &old->by_number, row->by_number.key);
    while (!jgi_list_is_empty(&row->notes)) {
        struct jgi_caller_note *note = JGI_OWNER(row->notes.next, struct jgi_caller_note, in_row);
        jgi_list_remove(&note->in_row);
        jgi_list_add_last(&old->notes, &note->in_row);
        note->row = old;
    }
    jgi_row_number(caller, row);
    jgi_row_settle(caller, old);
    return true;
}
