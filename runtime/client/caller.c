/* SPDX-License-Identifier: MIT */
/* The caller's side of calls on nodes.
 *
 * All goes well: START goes to the peer that the router chose, ACCEPTED comes, RESULT comes; the
 * user is told, RELEASE is sent until RELEASED comes, and the row is gone. The row leaves the floor
 * with that.
 *
 * A frame is lost: what a state waits for is asked for again by its interval, under the same
 * number; the node knows the number and answers without running it again. The peer refuses: the
 * number is over for that peer (a note of the row says so, and that the peer has to be told), and
 * goes to another one. The link ends: the owner dials; HELLO tells whether the session goes on. If
 * so, all that waits is sent again; if not, or too late, what was there is lost, and never runs
 * again under its number. The user stops waiting: he is told at once, and the row goes on until the
 * node has confirmed. */
#include "caller.h"

#include "../base/clock.h"
#include "../wire/durations.h"

#include <stdlib.h>

#define GOES                                                                                       \
    {                                                                                              \
        JGI_CALL_SENT, JGI_CALL_SEND                                                               \
    }
#define ENDS                                                                                       \
    {                                                                                              \
        JGI_CALL_OVER, JGI_CALL_RELEASE | JGI_CALL_LEAVE | JGI_CALL_TELL                           \
    }
#define MOVES_ON                                                                                   \
    {                                                                                              \
        JGI_CALL_NEW, JGI_CALL_RELEASE | JGI_CALL_LEAVE | JGI_CALL_PLACE                           \
    }
#define IS_LOST                                                                                    \
    {                                                                                              \
        JGI_CALL_OVER, JGI_CALL_LEAVE | JGI_CALL_RENEW | JGI_CALL_TELL                             \
    }
#define IS_UNKNOWN                                                                                 \
    {                                                                                              \
        JGI_CALL_OVER, JGI_CALL_LEAVE | JGI_CALL_TELL                                              \
    }
#define STOPS                                                                                      \
    {                                                                                              \
        JGI_CALL_CANCELLING, JGI_CALL_SEND | JGI_CALL_TELL                                         \
    }
#define IS_FORGOTTEN                                                                               \
    {                                                                                              \
        JGI_CALL_OVER, JGI_CALL_RELEASE | JGI_CALL_LEAVE                                           \
    }
#define IS_CONFIRMED                                                                               \
    {                                                                                              \
        JGI_CALL_OVER, JGI_CALL_RELEASE | JGI_CALL_LEAVE                                           \
    }
#define IS_NO_MORE                                                                                 \
    {                                                                                              \
        JGI_CALL_OVER, JGI_CALL_LEAVE                                                              \
    }
#define IS_TOLD                                                                                    \
    {                                                                                              \
        JGI_CALL_OVER, JGI_CALL_TELL                                                               \
    }
#define NOBODY_CARES                                                                               \
    {                                                                                              \
        JGI_CALL_OVER, 0                                                                           \
    }
#define IS_ANSWERED                                                                                \
    {                                                                                              \
        JGI_CALL_STAY, JGI_CALL_RELEASE                                                            \
    }

/* What is not named changes nothing. */
const struct jgi_caller_rules jgi_caller_rules = {
    .moves = {[JGI_CALL_NEW] = {[JGI_CALL_ON_PLACED] = GOES,
                                [JGI_CALL_ON_STOP] = IS_TOLD,
                                [JGI_CALL_ON_FORGET] = NOBODY_CARES,
                                [JGI_CALL_ON_FAIL] = IS_TOLD},
              [JGI_CALL_SENT] = {[JGI_CALL_ON_ACCEPTED] = {JGI_CALL_ACCEPTED, 0},
                                 [JGI_CALL_ON_NEED] = {JGI_CALL_NEEDED, 0},
                                 [JGI_CALL_ON_REFUSED] = MOVES_ON,
                                 [JGI_CALL_ON_RUNNING] = {JGI_CALL_ACCEPTED, 0},
                                 [JGI_CALL_ON_RESULT] = ENDS,
                                 [JGI_CALL_ON_LOST] = IS_LOST,
                                 [JGI_CALL_ON_STOP] = STOPS,
                                 [JGI_CALL_ON_FORGET] = IS_FORGOTTEN},
              [JGI_CALL_NEEDED] = {[JGI_CALL_ON_ACCEPTED] = {JGI_CALL_ACCEPTED, 0},
                                   [JGI_CALL_ON_REFUSED] = MOVES_ON,
                                   [JGI_CALL_ON_RUNNING] = {JGI_CALL_ACCEPTED, 0},
                                   [JGI_CALL_ON_RESULT] = ENDS,
                                   [JGI_CALL_ON_LOST] = IS_LOST,
                                   [JGI_CALL_ON_STOP] = STOPS,
                                   [JGI_CALL_ON_FORGET] = IS_FORGOTTEN},
              [JGI_CALL_ACCEPTED] = {[JGI_CALL_ON_REFUSED] = MOVES_ON,
                                     [JGI_CALL_ON_RESULT] = ENDS,
                                     [JGI_CALL_ON_UNKNOWN] = IS_UNKNOWN,
                                     [JGI_CALL_ON_LOST] = IS_LOST,
                                     [JGI_CALL_ON_STOP] = STOPS,
                                     [JGI_CALL_ON_FORGET] = IS_FORGOTTEN},
              [JGI_CALL_CANCELLING] = {[JGI_CALL_ON_REFUSED] = IS_CONFIRMED,
                                       [JGI_CALL_ON_RESULT] = IS_CONFIRMED,
                                       [JGI_CALL_ON_UNKNOWN] = IS_NO_MORE,
                                       [JGI_CALL_ON_LOST] = IS_NO_MORE},
              [JGI_CALL_ELSEWHERE] =
                  {[JGI_CALL_ON_REFUSED] = IS_ANSWERED, [JGI_CALL_ON_RESULT] = IS_ANSWERED}},
    .repeats = {[JGI_CALL_SENT] = {JGI_MESSAGE_START, JGI_CALL_INIT},
                [JGI_CALL_NEEDED] = {JGI_MESSAGE_START, JGI_CALL_INIT},
                [JGI_CALL_ACCEPTED] = {JGI_MESSAGE_ASK, JGI_CALL_GET},
                [JGI_CALL_CANCELLING] = {JGI_MESSAGE_CANCEL, JGI_CALL_END}},
    .is_lost = {[JGI_HELLO_OTHER] = true},
};

/* What happens to a row. */
struct jgi_happening {
    enum jgi_call_event event;
    struct jgi_caller_peer *peer;      /* from which, or the holder */
    const struct jgi_message *message; /* NULL: no frame */
    jg_status status;                  /* that the user is told, without RESULT */
    uint64_t now_ns;
};

static struct jgi_caller_row *row_find(const struct jgi_caller *caller, uint64_t number)
{
    struct jgi_table_link *link = jgi_table_find(&caller->rows, number);
    return link == NULL ? NULL : JGI_OWNER(link, struct jgi_caller_row, by_number);
}

/* Notes. ------------------------------------------------------------------------------------ */

static struct jgi_caller_note *note_new(struct jgi_caller *caller)
{
    if (!jgi_timers_reserve(&caller->note_timers, caller->note_count + 1)) return NULL;
    struct jgi_caller_note *note = calloc(1, sizeof *note);
    if (note == NULL) return NULL;
    jgi_list_init(&note->in_row);
    jgi_list_init(&note->in_peer);
    caller->note_count++;
    return note;
}

static struct jgi_caller_note *note_free(struct jgi_caller *caller, struct jgi_caller_note *note)
{
    if (note == NULL) return NULL;
    jgi_timer_clear(&caller->note_timers, &note->timer);
    jgi_list_remove(&note->in_row);
    jgi_list_remove(&note->in_peer);
    caller->note_count--;
    free(note);
    return NULL;
}

static struct jgi_caller_note *note_find(const struct jgi_caller_row *row,
                                         const struct jgi_caller_peer *peer)
{
    for (struct jgi_link *link = row->notes.next; link != &row->notes; link = link->next) {
        struct jgi_caller_note *note = JGI_OWNER(link, struct jgi_caller_note, in_row);
        if (note->peer == peer) return note;
    }
    return NULL;
}

static void release_send(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t number)
{
    if (peer->state == JGI_PEER_READY)
        caller->hooks->send(caller->user, peer, JGI_MESSAGE_RELEASE, number, NULL);
}

static void note_send(struct jgi_caller *caller, struct jgi_caller_note *note, uint64_t now_ns)
{
    if (note->peer->state != JGI_PEER_READY) return;
    release_send(caller, note->peer, note->row->by_number.key);
    (void)jgi_timer_set(&caller->note_timers, &note->timer, /* there is room */
                        now_ns + note->row->intervals.end * JGI_MS_NS);
}

/* The row's spare note, or one more. */
static struct jgi_caller_note *note_take(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    if (row->spare == NULL) return note_new(caller);
    struct jgi_caller_note *note = row->spare;
    row->spare = NULL;
    return note;
}

/* False: no memory, nothing was done. */
static bool note_add(struct jgi_caller *caller, struct jgi_caller_row *row,
                     struct jgi_caller_peer *peer, uint64_t now_ns)
{
    struct jgi_caller_note *note = note_take(caller, row);
    if (note == NULL) return false;
    note->row = row;
    note->peer = peer;
    jgi_list_add_last(&row->notes, &note->in_row);
    jgi_list_add_last(&peer->notes, &note->in_peer);
    note_send(caller, note, now_ns);
    return true;
}

/* Rows. ------------------------------------------------------------------------------------- */

static struct jgi_caller_row *row_new(struct jgi_caller *caller)
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

static void row_number(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    jgi_table_add(&caller->rows, &row->by_number, caller->next_number++);
    jgi_list_add_last(&caller->order, &row->in_order);
}

/* Of one that has no notes. */
static void row_free(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    row->spare = note_free(caller, row->spare);
    jgi_timer_clear(&caller->row_timers, &row->timer);
    jgi_list_remove(&row->in_order);
    jgi_list_remove(&row->in_holder);
    jgi_table_remove(&caller->rows, &row->by_number);
    caller->row_count--;
    free(row);
}

/* Once a number is over: what was confirmed is of no more use; the row goes with its last note. */
static void row_settle(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    if (row->state != JGI_CALL_OVER) return;
    for (struct jgi_link *link = row->notes.next, *next; link != &row->notes; link = next) {
        next = link->next;
        struct jgi_caller_note *note = JGI_OWNER(link, struct jgi_caller_note, in_row);
        if (note->is_confirmed) (void)note_free(caller, note); /* nobody points to it */
    }
    if (jgi_list_is_empty(&row->notes)) row_free(caller, row);
}

static void row_leave(struct jgi_caller_row *row)
{
    row->holder = NULL;
    jgi_list_remove(&row->in_holder);
}

static uint64_t interval_ns(const struct jgi_caller *caller, const struct jgi_caller_row *row)
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

/* From now on its interval runs, if its state has one. */
static void row_arm(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns)
{
    uint64_t interval = interval_ns(caller, row);
    bool is_armed = interval > 0 && row->holder != NULL && row->holder->state == JGI_PEER_READY;
    if (is_armed)
        (void)jgi_timer_set(&caller->row_timers, &row->timer, now_ns + interval); /* has room */
    else
        jgi_timer_clear(&caller->row_timers, &row->timer);
}

static void row_send(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    if (row->holder == NULL || row->holder->state != JGI_PEER_READY) return;
    if (interval_ns(caller, row) == 0) return;
    enum jgi_message_kind kind = caller->rules->repeats[row->state].kind;
    caller->hooks->send(caller->user, row->holder, kind, row->by_number.key, row);
}

/* Another number for a row whose execution is lost. What notes the old one has go on in a row of
   their own. False: no memory. */
static bool row_renew(struct jgi_caller *caller, struct jgi_caller_row *row)
{
    struct jgi_caller_row *old = row_new(caller);
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
    row_number(caller, row);
    row_settle(caller, old);
    return true;
}

/* Steps. ------------------------------------------------------------------------------------ */

static void tell(struct jgi_caller *caller, struct jgi_caller_row *row,
                 const struct jgi_happening *what)
{
    void *user = row->user;
    row->user = NULL;
    if (user == NULL) return;
    bool is_result = what->event == JGI_CALL_ON_RESULT;
    caller->hooks->ended(caller->user, user, what->status, is_result ? what->message : NULL);
}

/* RELEASE of a number by a peer that does not hold it: it sends its outcome until this comes, so
   that no note is needed. */
static void release(struct jgi_caller *caller, const struct jgi_happening *what)
{
    release_send(caller, what->peer, what->message->number);
}

static struct jgi_call_move move_of(struct jgi_caller *caller, struct jgi_caller_row *row,
                                    const struct jgi_happening *what)
{
    bool is_holder = row != NULL && row->holder == what->peer;
    int state = is_holder ? row->state : JGI_CALL_ELSEWHERE;
    struct jgi_call_move move = caller->rules->moves[state][what->event];
    if (row == NULL || (move.actions & JGI_CALL_RENEW) == 0) return move;
    row->was_lost = true;
    if (row->is_idempotent && row_renew(caller, row))
        move = (struct jgi_call_move){JGI_CALL_NEW, JGI_CALL_LEAVE | JGI_CALL_PLACE};
    return move;
}

/* Each frame and each order goes through here. The row may be gone after it. False: there was no
   memory, nothing happened. */
static bool step(struct jgi_caller *caller, struct jgi_caller_row *row,
                 const struct jgi_happening *what)
{
    struct jgi_call_move move = move_of(caller, row, what);
    bool is_note = row != NULL && move.next != JGI_CALL_STAY;
    if ((move.actions & JGI_CALL_RELEASE) != 0) {
        if (is_note && !note_add(caller, row, what->peer, what->now_ns)) return false;
        if (!is_note) release(caller, what);
    }
    if (row == NULL) return true;
    if (move.next != JGI_CALL_STAY) row->state = move.next;
    if ((move.actions & JGI_CALL_LEAVE) != 0) row_leave(row);
    if ((move.actions & JGI_CALL_SEND) != 0) row_send(caller, row);
    row_arm(caller, row, what->now_ns);
    if ((move.actions & JGI_CALL_TELL) != 0) tell(caller, row, what);
    row_settle(caller, row);
    if ((move.actions & JGI_CALL_PLACE) != 0)
        caller->hooks->place(caller->user, row, what->message);
    return true;
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
            (void)note_free(caller, JGI_OWNER(row->notes.next, struct jgi_caller_note, in_row));
        row_free(caller, row);
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

static void peer_lose(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t now_ns);

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
    if (taken + interval_ns(caller, row) > now_ns) {
        row_arm(caller, row, taken);
        return;
    }
    row_send(caller, row);
    row_arm(caller, row, now_ns);
}

void jgi_caller_tick(struct jgi_caller *caller, uint64_t now_ns)
{
    struct jgi_timer *timer;
    while ((timer = jgi_timers_pop(&caller->peer_timers, now_ns)) != NULL) {
        struct jgi_caller_peer *peer = JGI_OWNER(timer, struct jgi_caller_peer, lost);
        peer_lose(caller, peer, now_ns);
        caller->hooks->lost(caller->user, peer);
    }
    while ((timer = jgi_timers_pop(&caller->row_timers, now_ns)) != NULL)
        row_due(caller, JGI_OWNER(timer, struct jgi_caller_row, timer), now_ns);
    while ((timer = jgi_timers_pop(&caller->note_timers, now_ns)) != NULL)
        note_send(caller, JGI_OWNER(timer, struct jgi_caller_note, timer), now_ns);
}

/* Calls. ------------------------------------------------------------------------------------ */

struct jgi_caller_row *jgi_caller_open(struct jgi_caller *caller,
                                       struct jgi_call_intervals intervals, bool is_idempotent,
                                       void *user)
{
    struct jgi_caller_note *spare = note_new(caller);
    struct jgi_caller_row *row = spare == NULL ? NULL : row_new(caller);
    if (row == NULL) {
        (void)note_free(caller, spare); /* or there is none */
        return NULL;
    }
    row->spare = spare;
    row->intervals = intervals;
    row->is_idempotent = is_idempotent;
    row->user = user;
    row_number(caller, row);
    return row;
}

bool jgi_caller_may_place(const struct jgi_caller_row *row, const struct jgi_caller_peer *peer)
{
    return row->state == JGI_CALL_NEW && peer->state == JGI_PEER_READY &&
           note_find(row, peer) == NULL;
}

void jgi_caller_place(struct jgi_caller *caller, struct jgi_caller_row *row,
                      struct jgi_caller_peer *peer, uint64_t now_ns)
{
    row->holder = peer;
    jgi_list_add_last(&peer->held, &row->in_holder);
    (void)step(
        caller, row, /* takes no memory */
        &(struct jgi_happening){.event = JGI_CALL_ON_PLACED, .peer = peer, .now_ns = now_ns});
}

/* Of the owner's orders: the row is where it is. */
static bool order(struct jgi_caller *caller, struct jgi_caller_row *row, enum jgi_call_event event,
                  jg_status status, uint64_t now_ns)
{
    return step(caller, row,
                &(struct jgi_happening){
                    .event = event, .peer = row->holder, .status = status, .now_ns = now_ns});
}

void jgi_caller_fail(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                     uint64_t now_ns)
{
    (void)order(caller, row, JGI_CALL_ON_FAIL, row->was_lost ? JG_ENODE : status, now_ns);
}

void jgi_caller_stop(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                     uint64_t now_ns)
{
    (void)order(caller, row, JGI_CALL_ON_STOP, status, now_ns);
}

void jgi_caller_forget(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns)
{
    row->user = NULL;
    if (!order(caller, row, JGI_CALL_ON_FORGET, JG_OK, now_ns))
        jgi_caller_stop(caller, row, JG_OK, now_ns); /* needs no memory now */
}

void jgi_caller_wait(struct jgi_caller *caller, struct jgi_caller_row *row, bool is_waited,
                     uint64_t now_ns)
{
    if (row->is_waited == is_waited) return;
    row->is_waited = is_waited;
    if (caller->rules->repeats[row->state].interval == JGI_CALL_GET) row_arm(caller, row, now_ns);
}

void jgi_caller_shipped(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns)
{
    if (row->state != JGI_CALL_NEEDED) return;
    row_send(caller, row);
    row_arm(caller, row, now_ns);
}

static bool is_newest(const struct jgi_caller_peer *peer, uint32_t dial_count)
{
    return peer->state == JGI_PEER_READY && peer->dial_count == dial_count;
}

struct jgi_caller_row *jgi_caller_find(struct jgi_caller *caller, struct jgi_caller_peer *peer,
                                       uint32_t dial_count, uint64_t number)
{
    struct jgi_caller_row *row = is_newest(peer, dial_count) ? row_find(caller, number) : NULL;
    return row != NULL && row->holder == peer && row->user != NULL ? row : NULL;
}

/* Peers and their links. -------------------------------------------------------------------- */

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

/* Its session is over for this caller: RELEASE is of no more use, and what ran there is lost. */
static void peer_lose(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t now_ns)
{
    jgi_timer_clear(&caller->peer_timers, &peer->lost);
    peer->state = JGI_PEER_DOWN;
    peer->session = peer->incarnation = 0;
    while (!jgi_list_is_empty(&peer->notes)) {
        struct jgi_caller_note *note = JGI_OWNER(peer->notes.next, struct jgi_caller_note, in_peer);
        struct jgi_caller_row *row = note->row;
        (void)note_free(caller, note); /* nobody points to it */
        row_settle(caller, row);
    }
    for (struct jgi_link *link = peer->held.next, *next; link != &peer->held; link = next) {
        next = link->next;
        struct jgi_caller_row *row = JGI_OWNER(link, struct jgi_caller_row, in_holder);
        (void)order(caller, row, JGI_CALL_ON_LOST, JG_ENODE, now_ns); /* takes no memory */
    }
}

void jgi_caller_remove_peer(struct jgi_caller *caller, struct jgi_caller_peer *peer,
                            uint64_t now_ns)
{
    peer_lose(caller, peer, now_ns);
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
        row_send(caller, row);
        row_arm(caller, row, now_ns);
    }
    for (struct jgi_link *link = peer->notes.next; link != &peer->notes; link = link->next) {
        struct jgi_caller_note *note = JGI_OWNER(link, struct jgi_caller_note, in_peer);
        if (!note->is_confirmed) note_send(caller, note, now_ns);
    }
}

bool jgi_caller_hello(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint32_t dial_count,
                      const struct jgi_message *hello, uint64_t now_ns)
{
    if (peer->state != JGI_PEER_DIALED || peer->dial_count != dial_count) return false;
    if (hello->session == 0 || hello->incarnation == 0) return false;
    bool is_lost = caller->rules->is_lost[relation(peer, hello)];
    if (is_lost) peer_lose(caller, peer, now_ns);
    jgi_timer_clear(&caller->peer_timers, &peer->lost);
    peer->incarnation = hello->incarnation;
    peer->session = hello->session;
    peer->state = JGI_PEER_READY;
    if (is_lost) caller->hooks->lost(caller->user, peer);
    peer_resume(caller, peer, now_ns);
    return true;
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
    struct jgi_caller_note *note = row == NULL ? NULL : note_find(row, peer);
    if (note == NULL) return;
    note->is_confirmed = true;
    jgi_timer_clear(&caller->note_timers, &note->timer);
    row_settle(caller, row);
}

bool jgi_caller_frame(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint32_t dial_count,
                      const struct jgi_message *message, uint64_t now_ns)
{
    if (!is_newest(peer, dial_count) || message->number >= caller->next_number) return false;
    struct jgi_caller_row *row = row_find(caller, message->number);
    bool is_holder = row != NULL && row->holder == peer;
    int event = event_of(message->kind);
    if (message->kind == JGI_MESSAGE_RELEASED) released(caller, row, peer);
    if (event < 0) return false;
    return step(caller, row,
                &(struct jgi_happening){.event = (enum jgi_call_event)event,
                                        .peer = peer,
                                        .message = message,
                                        .status =
                                            message->kind == JGI_MESSAGE_UNKNOWN ? JG_ENODE : JG_OK,
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
    peer_lose(caller, peer, now_ns);
    caller->hooks->lost(caller->user, peer);
}
