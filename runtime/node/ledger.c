/* SPDX-License-Identifier: MIT */
/* The node's side of calls.
 *
 * All goes well: START makes a row, the owner runs it, its outcome is sent until RELEASE comes;
 * then the row is dropped and its number noted, so that a START which comes late runs nothing.
 *
 * - A frame comes again: the row answers as it stands; no number is run twice within a session.
 *
 * - The link ends: the session waits for the caller, who names it in HELLO and goes on.
 *
 * - The caller does not come back, or comes without it: all that ran for it is stopped and dropped.
 *   Its numbers are over with the session: frames of the old link do nothing. */
#include "ledger.h"

#include "../wire/durations.h"

#include <stdlib.h>

enum { INTERVAL_DEFAULT_MS = 100 }; /* where a frame names none */

/* Rows. ------------------------------------------------------------------------------------- */

static struct jgi_ledger_row *row_find(const struct jgi_ledger_caller *caller, uint64_t number)
{
    struct jgi_table_link *link = jgi_table_find(&caller->rows, number);
    return link == NULL ? NULL : JGI_OWNER(link, struct jgi_ledger_row, by_number);
}

/* Not in its caller's table yet. */
static struct jgi_ledger_row *row_new(struct jgi_ledger *ledger, struct jgi_ledger_caller *caller,
                                      const struct jgi_message *message)
{
    if (!jgi_timers_reserve(&ledger->row_timers, ledger->row_count + 1)) return NULL;
    struct jgi_ledger_row *row = calloc(1, sizeof *row);
    if (row == NULL) return NULL;
    uint32_t interval = message->set_interval_ms;
    row->caller = caller;
    row->by_number.key = message->number;
    row->interval_ms = interval == 0 ? INTERVAL_DEFAULT_MS : interval;
    row->state = JGI_LEDGER_FRESH;
    jgi_list_init(&row->in_order);
    return row;
}

static void row_open(struct jgi_ledger *ledger, struct jgi_ledger_row *row)
{
    jgi_table_add(&row->caller->rows, &row->by_number, row->by_number.key);
    jgi_list_add_last(&row->caller->in_order, &row->in_order);
    ledger->row_count++;
}

static void row_drop(struct jgi_ledger *ledger, struct jgi_ledger_row *row, bool is_firm)
{
    if (row->user != NULL) ledger->hooks->drop(ledger->user, row, is_firm);
    jgi_timer_clear(&ledger->row_timers, &row->timer);
    jgi_list_remove(&row->in_order);
    jgi_table_remove(&row->caller->rows, &row->by_number);
    ledger->row_count--;
    free(row);
}

/* Its outcome, and again by its interval; without a link it waits for the next one. */
static void row_tell(struct jgi_ledger *ledger, struct jgi_ledger_row *row, uint64_t now_ns)
{
    struct jgi_ledger_link *link = row->caller->link;
    if (link == NULL) return;
    enum jgi_message_kind kind = row->is_refused ? JGI_MESSAGE_REFUSED : JGI_MESSAGE_RESULT;
    ledger->hooks->send(ledger->user, link, kind, row->by_number.key, row);
    (void)jgi_timer_set(&ledger->row_timers, &row->timer, /* there is room */
                        now_ns + row->interval_ms * JGI_MS_NS);
}

/* Callers. ---------------------------------------------------------------------------------- */

static struct jgi_ledger_caller *caller_find(const struct jgi_ledger *ledger, uint64_t incarnation)
{
    struct jgi_table_link *link = jgi_table_find(&ledger->callers, incarnation);
    return link == NULL ? NULL : JGI_OWNER(link, struct jgi_ledger_caller, by_incarnation);
}

static struct jgi_ledger_caller *caller_new(struct jgi_ledger *ledger, uint64_t incarnation)
{
    if (!jgi_timers_reserve(&ledger->caller_timers, ledger->caller_count + 1)) return NULL;
    struct jgi_ledger_caller *caller = calloc(1, sizeof *caller);
    if (caller == NULL) return NULL;
    jgi_list_init(&caller->in_order);
    jgi_table_add(&ledger->callers, &caller->by_incarnation, incarnation);
    ledger->caller_count++;
    return caller;
}

/* The session is over: nothing is left of it. */
static void session_end(struct jgi_ledger *ledger, struct jgi_ledger_caller *caller)
{
    while (!jgi_list_is_empty(&caller->in_order))
        row_drop(ledger, JGI_OWNER(caller->in_order.next, struct jgi_ledger_row, in_order), true);
    jgi_table_fini(&caller->rows);
    jgi_notes_fini(&caller->notes);
    caller->floor = 0;
    caller->session = 0;
}

static void caller_end(struct jgi_ledger *ledger, struct jgi_ledger_caller *caller)
{
    session_end(ledger, caller);
    jgi_timer_clear(&ledger->caller_timers, &caller->lost);
    jgi_table_remove(&ledger->callers, &caller->by_incarnation);
    ledger->caller_count--;
    free(caller);
}

static void floor_raise(struct jgi_ledger_caller *caller, uint64_t floor)
{
    if (floor <= caller->floor) return;
    caller->floor = floor;
    jgi_notes_raise(&caller->notes, floor);
}

/* The ledger. ------------------------------------------------------------------------------- */

void jgi_ledger_init(struct jgi_ledger *ledger, uint64_t incarnation,
                     const struct jgi_ledger_hooks *hooks, void *user)
{
    *ledger = (struct jgi_ledger){
        .rules = &jgi_ledger_rules, .hooks = hooks, .user = user, .incarnation = incarnation};
}

void jgi_ledger_fini(struct jgi_ledger *ledger)
{
    struct jgi_table_link *link;
    while ((link = jgi_table_any(&ledger->callers)) != NULL)
        caller_end(ledger, JGI_OWNER(link, struct jgi_ledger_caller, by_incarnation));
    jgi_table_fini(&ledger->callers);
    jgi_timers_fini(&ledger->row_timers);
    jgi_timers_fini(&ledger->caller_timers);
}

uint64_t jgi_ledger_next(const struct jgi_ledger *ledger)
{
    uint64_t rows = jgi_timers_next(&ledger->row_timers);
    uint64_t callers = jgi_timers_next(&ledger->caller_timers);
    return rows < callers ? rows : callers;
}

void jgi_ledger_tick(struct jgi_ledger *ledger, uint64_t now_ns)
{
    struct jgi_timer *timer;
    while ((timer = jgi_timers_pop(&ledger->caller_timers, now_ns)) != NULL)
        caller_end(ledger, JGI_OWNER(timer, struct jgi_ledger_caller, lost));
    while ((timer = jgi_timers_pop(&ledger->row_timers, now_ns)) != NULL)
        row_tell(ledger, JGI_OWNER(timer, struct jgi_ledger_row, timer), now_ns);
}

/* Links. ------------------------------------------------------------------------------------ */

static enum jgi_ledger_hello relation(const struct jgi_ledger_caller *caller,
                                      const struct jgi_message *hello)
{
    if (caller == NULL) return JGI_LEDGER_HELLO_OTHER;
    if (hello->dial_count < caller->dial_count) return JGI_LEDGER_HELLO_OLDER;
    return hello->session == caller->session ? JGI_LEDGER_HELLO_SAME : JGI_LEDGER_HELLO_OTHER;
}

/* The link is the caller's from now on; an older one is closed first. */
static void link_take(struct jgi_ledger *ledger, struct jgi_ledger_caller *caller,
                      struct jgi_ledger_link *link, uint32_t dial_count)
{
    struct jgi_ledger_link *older = caller->link;
    caller->link = NULL;
    if (older != NULL) ledger->hooks->close(ledger->user, older);
    jgi_timer_clear(&ledger->caller_timers, &caller->lost);
    caller->dial_count = dial_count;
    caller->link = link;
}

enum jgi_ledger_verdict jgi_ledger_hello(struct jgi_ledger *ledger, struct jgi_ledger_link *link,
                                         const struct jgi_message *hello, uint64_t new_session,
                                         struct jgi_message *ret_hello)
{
    if (hello->incarnation == 0 || link->incarnation != 0) return JGI_LEDGER_REFUSE_LINK;
    struct jgi_ledger_caller *caller = caller_find(ledger, hello->incarnation);
    enum jgi_ledger_verdict verdict = ledger->rules->hello[relation(caller, hello)];
    if (verdict == JGI_LEDGER_REFUSE_LINK) return verdict;
    if (caller == NULL) caller = caller_new(ledger, hello->incarnation);
    if (caller == NULL) return JGI_LEDGER_REFUSE_LINK;
    link_take(ledger, caller, link, hello->dial_count);
    if (verdict == JGI_LEDGER_RENEW) session_end(ledger, caller);
    if (caller->session == 0) caller->session = new_session;
    floor_raise(caller, hello->floor);
    link->incarnation = hello->incarnation;
    link->session = caller->session;
    *ret_hello = (struct jgi_message){.kind = JGI_MESSAGE_HELLO,
                                      .role = JGI_PEER_NODE,
                                      .incarnation = ledger->incarnation,
                                      .session = caller->session};
    return verdict;
}

/* The caller whose newest link this is. */
static struct jgi_ledger_caller *caller_of(const struct jgi_ledger *ledger,
                                           const struct jgi_ledger_link *link)
{
    if (link->incarnation == 0) return NULL;
    struct jgi_ledger_caller *caller = caller_find(ledger, link->incarnation);
    if (caller == NULL || ledger->rules->takes_stale) return caller;
    return caller->link == link && caller->session == link->session ? caller : NULL;
}

void jgi_ledger_resume(struct jgi_ledger *ledger, struct jgi_ledger_link *link, uint64_t now_ns)
{
    struct jgi_ledger_caller *caller = caller_of(ledger, link);
    if (caller == NULL) return;
    for (struct jgi_link *at = caller->in_order.next; at != &caller->in_order; at = at->next) {
        struct jgi_ledger_row *row = JGI_OWNER(at, struct jgi_ledger_row, in_order);
        if (row->state == JGI_LEDGER_ENDED) row_tell(ledger, row, now_ns);
    }
}

void jgi_ledger_closed(struct jgi_ledger *ledger, struct jgi_ledger_link *link, bool is_silent,
                       uint64_t now_ns)
{
    struct jgi_ledger_caller *caller = caller_of(ledger, link);
    if (caller == NULL || caller->link != link) return;
    caller->link = NULL;
    uint64_t patience = is_silent ? JGI_CALLER_SILENT_NS : JGI_CALLER_LOST_NS;
    (void)jgi_timer_set(&ledger->caller_timers, &caller->lost, now_ns + patience); /* has room */
}

/* Frames. ----------------------------------------------------------------------------------- */

/* A frame on its way through the table. */
struct jgi_step {
    struct jgi_ledger *ledger;
    struct jgi_ledger_link *link;
    struct jgi_ledger_caller *caller;
    struct jgi_ledger_row *row; /* NULL: none */
    const struct jgi_message *message;
    uint64_t now_ns;
};

static enum jgi_ledger_state state_of(const struct jgi_step *step)
{
    if (step->row != NULL) return step->row->state;
    uint64_t number = step->message->number;
    bool is_over = number < step->caller->floor || jgi_notes_has(&step->caller->notes, number);
    return is_over ? JGI_LEDGER_OVER : JGI_LEDGER_FRESH;
}

/* The owner's answer to a START. False: no memory; START comes again. */
static bool decide(struct jgi_step *step, struct jgi_ledger_move *ret_move)
{
    struct jgi_ledger_row *row = row_new(step->ledger, step->caller, step->message);
    if (row == NULL) return false;
    const struct jgi_ledger *ledger = step->ledger;
    enum jgi_ledger_answer answer = ledger->hooks->start(ledger->user, row, step->message);
    *ret_move = ledger->rules->answers[answer];
    if ((ret_move->actions & JGI_LEDGER_OPEN) == 0) {
        free(row);
        return true;
    }
    row->is_refused = answer == JGI_LEDGER_REFUSE;
    step->row = row;
    return true;
}

/* A row for the move, if it opens one. False: no memory. */
static bool open_row(struct jgi_step *step)
{
    if (step->row == NULL) step->row = row_new(step->ledger, step->caller, step->message);
    if (step->row == NULL) return false;
    row_open(step->ledger, step->row);
    return true;
}

static void stop(struct jgi_step *step)
{
    if (step->row->is_stopping) return;
    step->row->is_stopping = true;
    step->ledger->hooks->stop(step->ledger->user, step->row);
}

static void drop(struct jgi_step *step)
{
    row_drop(step->ledger, step->row, false);
    step->row = NULL;
}

static void reply(const struct jgi_step *step, uint8_t kind)
{
    step->ledger->hooks->send(step->ledger->user, step->link, kind, step->message->number, NULL);
}

/* Without memory nothing happens, and the caller sends the frame again. */
static void take(struct jgi_step *step, enum jgi_ledger_event event)
{
    struct jgi_ledger_move move = step->ledger->rules->moves[state_of(step)][event];
    bool is_noted = (move.actions & JGI_LEDGER_NOTE) == 0 ||
                    step->message->number < step->caller->floor ||
                    jgi_notes_add(&step->caller->notes, step->message->number);
    if (!is_noted) return;
    if ((move.actions & JGI_LEDGER_DROP) != 0) drop(step);
    if ((move.actions & JGI_LEDGER_DECIDE) != 0 && !decide(step, &move)) return;
    if ((move.actions & JGI_LEDGER_OPEN) != 0 && !open_row(step)) return;
    if (step->row != NULL) step->row->state = move.next;
    if ((move.actions & JGI_LEDGER_REPLY) != 0) reply(step, move.reply);
    if ((move.actions & JGI_LEDGER_OUTCOME) != 0) row_tell(step->ledger, step->row, step->now_ns);
    if ((move.actions & JGI_LEDGER_STOP) != 0) stop(step);
}

/* -1: not about a call. */
static int event_of(enum jgi_message_kind kind)
{
    switch (kind) {
    case JGI_MESSAGE_START:
        return JGI_LEDGER_ON_START;
    case JGI_MESSAGE_ASK:
        return JGI_LEDGER_ON_ASK;
    case JGI_MESSAGE_CANCEL:
        return JGI_LEDGER_ON_CANCEL;
    case JGI_MESSAGE_RELEASE:
        return JGI_LEDGER_ON_RELEASE;
    default:
        return -1;
    }
}

bool jgi_ledger_frame(struct jgi_ledger *ledger, struct jgi_ledger_link *link,
                      const struct jgi_message *message, uint64_t now_ns)
{
    struct jgi_ledger_caller *caller = caller_of(ledger, link);
    if (caller == NULL) return false;
    floor_raise(caller, message->floor);
    int event = event_of(message->kind);
    if (event < 0) return true;
    struct jgi_step step = {.ledger = ledger,
                            .link = link,
                            .caller = caller,
                            .row = row_find(caller, message->number),
                            .message = message,
                            .now_ns = now_ns};
    take(&step, (enum jgi_ledger_event)event);
    return true;
}

/* Executions. ------------------------------------------------------------------------------- */

void jgi_ledger_began(struct jgi_ledger_row *row)
{
    if (row->state == JGI_LEDGER_QUEUED) row->state = JGI_LEDGER_RUNNING;
}

void jgi_ledger_ended(struct jgi_ledger *ledger, struct jgi_ledger_row *row, uint64_t now_ns)
{
    if (row->state == JGI_LEDGER_ENDED) return;
    row->state = JGI_LEDGER_ENDED;
    row_tell(ledger, row, now_ns);
}
