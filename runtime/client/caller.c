/* SPDX-License-Identifier: MIT */
/* The caller's side of calls on nodes.
 *
 * All goes well: START goes to the peer that the router chose, ACCEPTED comes, RESULT comes; the
 * user is told, RELEASE is sent until RELEASED comes, and the row is gone. The row leaves the floor
 * with that.
 *
 * - A frame is lost: what a state waits for is asked for again by its interval, under the same
 *   number; the node knows the number and answers without running it again.
 *
 * - The peer refuses: the number is over for that peer (a note of the row says so, and that the
 *   peer has to be told), and goes to another one.
 *
 * - The link ends: the owner dials; HELLO tells whether the session goes on. If so, all that waits
 *   is sent again; if not, or too late, what was there is lost, and never runs again under its
 *   number.
 *
 * - The user stops waiting: he is told at once, and the row goes on until the node has confirmed.
 */
#include "caller.h"

#include "caller_row.h"
#include "caller_step.h"

/* Steps. ------------------------------------------------------------------------------------ */

static void tell(struct jgi_caller *caller, struct jgi_caller_row *row,
                 const struct jgi_happening *what)
{
    void *user = row->user;
    if (row->holder != NULL && !row->is_told) {
        row->is_told = true;
        row->holder->told++;
    }
    row->user = NULL;
    if (user == NULL) return;
    bool is_result = what->event == JGI_CALL_ON_RESULT;
    caller->hooks->ended(caller->user, user, what->status, is_result ? what->message : NULL);
}

/* RELEASE of a number by a peer that does not hold it: it sends its outcome until this comes, so
   that no note is needed. */
static void release(struct jgi_caller *caller, const struct jgi_happening *what)
{
    jgi_release_send(caller, what->peer, what->message->number);
}

static struct jgi_call_move move_of(struct jgi_caller *caller, struct jgi_caller_row *row,
                                    const struct jgi_happening *what)
{
    bool is_holder = row != NULL && row->holder == what->peer;
    int state = is_holder ? row->state : JGI_CALL_ELSEWHERE;
    struct jgi_call_move move = caller->rules->moves[state][what->event];
    if (row == NULL || (move.actions & JGI_CALL_RENEW) == 0) return move;
    row->was_lost = true;
    if (row->is_idempotent && jgi_row_renew(caller, row))
        move = (struct jgi_call_move){JGI_CALL_NEW, JGI_CALL_LEAVE | JGI_CALL_PLACE};
    return move;
}

bool jgi_caller_step(struct jgi_caller *caller, struct jgi_caller_row *row,
                     const struct jgi_happening *what)
{
    struct jgi_call_move move = move_of(caller, row, what);
    bool is_note = row != NULL && move.next != JGI_CALL_STAY; /* else what comes again reminds */
    if ((move.actions & JGI_CALL_RELEASE) != 0) {
        if (is_note && !jgi_note_add(caller, row, what->peer, what->now_ns)) return false;
        if (!is_note) release(caller, what);
    }
    if (row == NULL) return true;
    if (move.next != JGI_CALL_STAY) {
        row->state = move.next;
        row->unanswered = (struct jgi_unanswered){0};
    }
    if ((move.actions & JGI_CALL_LEAVE) != 0) jgi_row_leave(row);
    if ((move.actions & JGI_CALL_SEND) != 0) jgi_row_send(caller, row, what->now_ns);
    jgi_row_arm(caller, row, what->now_ns);
    if ((move.actions & JGI_CALL_TELL) != 0) tell(caller, row, what);
    jgi_row_settle(caller, row);
    if ((move.actions & JGI_CALL_PLACE) != 0)
        caller->hooks->place(caller->user, row, what->message);
    return true;
}

bool jgi_caller_order(struct jgi_caller *caller, struct jgi_caller_row *row,
                      enum jgi_call_event event, jg_status status, uint64_t now_ns)
{
    return jgi_caller_step(
        caller, row,
        &(struct jgi_happening){
            .event = event, .peer = row->holder, .status = status, .now_ns = now_ns});
}

/* The caller. ------------------------------------------------------------------------------- */

void jgi_caller_init(struct jgi_caller *caller, uint64_t incarnation,
                     const struct jgi_caller_hooks *hooks, void *user)
{
    *caller = (struct jgi_caller){.rules = &jgi_caller_rules,
                                  .hooks = hooks,
                                  .user = user,
                                  .incarnation = incarnation,
                                  .next_number = 1};
    jgi_list_init(&caller->order);
    jgi_list_init(&caller->peers);
}

void jgi_caller_fini(struct jgi_caller *caller)
{
    struct jgi_table_link *link;
    while ((link = jgi_table_any(&caller->rows)) != NULL) {
        struct jgi_caller_row *row = JGI_OWNER(link, struct jgi_caller_row, by_number);
        while (!jgi_list_is_empty(&row->notes))
            (void)jgi_note_free(caller, JGI_OWNER(row->notes.next, struct jgi_caller_note, in_row));
        jgi_row_free(caller, row);
    }
    jgi_table_fini(&caller->rows);
    jgi_timers_fini(&caller->row_timers);
    jgi_timers_fini(&caller->note_timers);
    jgi_timers_fini(&caller->peer_timers);
}

uint64_t jgi_caller_floor(const struct jgi_caller *caller)
{
    if (jgi_list_is_empty(&caller->order)) return caller->next_number;
    return JGI_OWNER(caller->order.next, struct jgi_caller_row, in_order)->by_number.key;
}

struct jgi_call_intervals jgi_call_intervals(const struct jgi_job_options *options,
                                             bool is_blocking)
{
    int init =
        is_blocking ? options->init_retry_interval_ms : options->async_init_retry_interval_ms;
    int get = is_blocking ? options->sync_retry_interval_ms : options->async_get_retry_interval_ms;
    return (struct jgi_call_intervals){.init = (uint32_t)init,
                                       .get = (uint32_t)get,
                                       .end = (uint32_t)options->shutdown_retry_interval_ms};
}

/* Time. ------------------------------------------------------------------------------------- */

static uint64_t earlier(uint64_t one, uint64_t other)
{
    return one < other ? one : other;
}

uint64_t jgi_caller_next(const struct jgi_caller *caller)
{
    uint64_t rows = jgi_timers_next(&caller->row_timers);
    uint64_t notes = jgi_timers_next(&caller->note_timers);
    return earlier(earlier(rows, notes), jgi_timers_next(&caller->peer_timers));
}

/* While pieces are taken, START is put off: to an interval after the last of them. */
static void row_due(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns)
{
    uint64_t taken = row->state == JGI_CALL_NEEDED ? row->holder->piece_ns : 0;
    if (taken + jgi_row_interval_ns(caller, row) > now_ns) {
        jgi_row_arm(caller, row, taken);
        return;
    }
    enum jgi_message_kind kind = caller->rules->repeats[row->state].kind;
    jgi_unanswered_again(caller, &row->unanswered, row->holder, kind, now_ns);
    jgi_row_send(caller, row, now_ns);
    jgi_row_arm(caller, row, now_ns);
}

static void note_due(struct jgi_caller *caller, struct jgi_caller_note *note, uint64_t now_ns)
{
    jgi_unanswered_again(caller, &note->unanswered, note->peer, JGI_MESSAGE_RELEASE, now_ns);
    jgi_note_send(caller, note, now_ns);
}

/* Those that do not answer are lost, or asked whether they have taken what was sent until now. */
static void clear_doubts(struct jgi_caller *caller, uint64_t now_ns)
{
    if (!caller->has_doubts) return;
    caller->has_doubts = false;
    for (struct jgi_link *link = caller->peers.next; link != &caller->peers; link = link->next) {
        struct jgi_caller_peer *peer = JGI_OWNER(link, struct jgi_caller_peer, in_caller);
        if (!peer->is_doubted) continue;
        peer->is_doubted = false;
        if (peer->state != JGI_PEER_READY) {
            peer->ignored = 0;
        } else if (peer->ignored == 0) {
            (void)caller->hooks->send(caller->user, peer, JGI_MESSAGE_PING, 0, NULL); /* or later */
        } else {
            jgi_caller_lose(caller, peer, now_ns);
            caller->hooks->lost(caller->user, peer);
        }
    }
}

void jgi_caller_tick(struct jgi_caller *caller, uint64_t now_ns)
{
    struct jgi_timer *timer;
    while ((timer = jgi_timers_pop(&caller->peer_timers, now_ns)) != NULL) {
        struct jgi_caller_peer *peer = JGI_OWNER(timer, struct jgi_caller_peer, lost);
        jgi_caller_lose(caller, peer, now_ns);
        caller->hooks->lost(caller->user, peer);
    }
    while ((timer = jgi_timers_pop(&caller->row_timers, now_ns)) != NULL)
        row_due(caller, JGI_OWNER(timer, struct jgi_caller_row, timer), now_ns);
    while ((timer = jgi_timers_pop(&caller->note_timers, now_ns)) != NULL)
        note_due(caller, JGI_OWNER(timer, struct jgi_caller_note, timer), now_ns);
    clear_doubts(caller, now_ns);
}

/* Calls. ------------------------------------------------------------------------------------ */

struct jgi_caller_row *jgi_caller_open(struct jgi_caller *caller,
                                       struct jgi_call_intervals intervals, bool is_idempotent,
                                       void *user)
{
    struct jgi_caller_note *spare = jgi_note_new(caller);
    struct jgi_caller_row *row = spare == NULL ? NULL : jgi_row_new(caller);
    if (row == NULL) {
        (void)jgi_note_free(caller, spare); /* or there is none */
        return NULL;
    }
    row->spare = spare;
    row->intervals = intervals;
    row->is_idempotent = is_idempotent;
    row->user = user;
    jgi_row_number(caller, row);
    return row;
}

bool jgi_caller_may_place(const struct jgi_caller_row *row, const struct jgi_caller_peer *peer)
{
    return row->state == JGI_CALL_NEW && peer->state == JGI_PEER_READY &&
           jgi_note_find(row, peer) == NULL;
}

void jgi_caller_place(struct jgi_caller *caller, struct jgi_caller_row *row,
                      struct jgi_caller_peer *peer, uint64_t now_ns)
{
    row->holder = peer;
    jgi_list_add_last(&peer->held, &row->in_holder);
    (void)jgi_caller_step(
        caller, row, /* takes no memory */
        &(struct jgi_happening){.event = JGI_CALL_ON_PLACED, .peer = peer, .now_ns = now_ns});
}

void jgi_caller_fail(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                     uint64_t now_ns)
{
    (void)jgi_caller_order(caller, row, JGI_CALL_ON_FAIL, row->was_lost ? JG_ENODE : status,
                           now_ns);
}

void jgi_caller_stop(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                     uint64_t now_ns)
{
    (void)jgi_caller_order(caller, row, JGI_CALL_ON_STOP, status, now_ns);
}

void jgi_caller_forget(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns)
{
    row->user = NULL;
    if (!jgi_caller_order(caller, row, JGI_CALL_ON_FORGET, JG_OK, now_ns))
        jgi_caller_stop(caller, row, JG_OK, now_ns); /* needs no memory now */
}

void jgi_caller_wait(struct jgi_caller *caller, struct jgi_caller_row *row, bool is_waited,
                     uint64_t now_ns)
{
    if (row->is_waited == is_waited) return;
    row->is_waited = is_waited;
    row->unanswered = (struct jgi_unanswered){0};
    if (caller->rules->repeats[row->state].interval == JGI_CALL_GET)
        jgi_row_arm(caller, row, now_ns);
}

void jgi_caller_shipped(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns)
{
    if (row->state != JGI_CALL_NEEDED) return;
    jgi_row_send(caller, row, now_ns);
    jgi_row_arm(caller, row, now_ns);
}
