/* SPDX-License-Identifier: MIT */
#include "bugs.h"

static void rerun_after_release(struct rules *rules)
{
    struct jgi_ledger_move(*moves)[JGI_LEDGER_EVENT_COUNT] = rules->ledger.moves;
    moves[JGI_LEDGER_OVER][JGI_LEDGER_ON_START] = moves[JGI_LEDGER_FRESH][JGI_LEDGER_ON_START];
}

/* No row is made for it, so the next START for the number is fresh. */
static void refused_forgotten(struct rules *rules)
{
    rules->ledger.answers[JGI_LEDGER_REFUSE] =
        (struct jgi_ledger_move){JGI_LEDGER_FRESH, JGI_MESSAGE_REFUSED, JGI_LEDGER_REPLY};
}

static void accepted_then_refused(struct rules *rules)
{
    rules->ledger.moves[JGI_LEDGER_QUEUED][JGI_LEDGER_ON_START].reply = JGI_MESSAGE_REFUSED;
}

static void second_refused_believed(struct rules *rules)
{
    struct jgi_call_move(*moves)[JGI_CALL_EVENT_COUNT] = rules->caller.moves;
    moves[JGI_CALL_ELSEWHERE][JGI_CALL_ON_REFUSED] = moves[JGI_CALL_SENT][JGI_CALL_ON_REFUSED];
}

static void need_taken_for_refused(struct rules *rules)
{
    struct jgi_call_move(*moves)[JGI_CALL_EVENT_COUNT] = rules->caller.moves;
    moves[JGI_CALL_SENT][JGI_CALL_ON_NEED] = moves[JGI_CALL_SENT][JGI_CALL_ON_REFUSED];
}

/* What was accepted is asked for in the next session too. That alone does no harm: the answer is
   UNKNOWN. */
static void asked_in_next_session(struct rules *rules)
{
    rules->caller.moves[JGI_CALL_ACCEPTED][JGI_CALL_ON_LOST] = (struct jgi_call_move){0};
}

static void unknown_rerun(struct rules *rules)
{
    asked_in_next_session(rules);
    rules->caller.moves[JGI_CALL_ACCEPTED][JGI_CALL_ON_UNKNOWN] =
        (struct jgi_call_move){JGI_CALL_SENT, JGI_CALL_SEND};
}

static void stale_session_resumed(struct rules *rules)
{
    rules->caller.is_lost[JGI_HELLO_OTHER] = false;
}

static void stale_frames_taken(struct rules *rules)
{
    rules->ledger.takes_stale = true;
}

static void release_overtakes_start(struct rules *rules)
{
    rules->ledger.moves[JGI_LEDGER_FRESH][JGI_LEDGER_ON_RELEASE].actions = JGI_LEDGER_REPLY;
}

static void release_not_noted(struct rules *rules)
{
    for (int state = JGI_LEDGER_QUEUED; state <= JGI_LEDGER_ENDED; state++)
        rules->ledger.moves[state][JGI_LEDGER_ON_RELEASE].actions &= (uint8_t)~JGI_LEDGER_NOTE;
}

/* The smallest number of those in states that count. */
static uint64_t floor_of(const struct jgi_caller *caller, unsigned states)
{
    for (struct jgi_link *at = caller->order.next; at != &caller->order; at = at->next) {
        const struct jgi_caller_row *row = JGI_OWNER(at, const struct jgi_caller_row, in_order);
        if ((states & 1u << row->state) != 0) return row->by_number.key;
    }
    return caller->next_number;
}

static uint64_t floor_without_new(const struct jgi_caller *caller)
{
    return floor_of(caller, ~(1u << JGI_CALL_NEW));
}

static uint64_t floor_without_cancelled(const struct jgi_caller *caller)
{
    return floor_of(caller, ~(1u << JGI_CALL_CANCELLING));
}

static void early_floor_new(struct rules *rules)
{
    rules->floor = floor_without_new;
}

static void early_floor_cancelled(struct rules *rules)
{
    rules->floor = floor_without_cancelled;
}

static void lost_rerun(struct rules *rules)
{
    for (int state = JGI_CALL_SENT; state <= JGI_CALL_ACCEPTED; state++)
        rules->caller.moves[state][JGI_CALL_ON_LOST] =
            (struct jgi_call_move){JGI_CALL_NEW, JGI_CALL_LEAVE | JGI_CALL_PLACE};
}

static void result_not_released(struct rules *rules)
{
    for (int state = JGI_CALL_SENT; state <= JGI_CALL_ACCEPTED; state++)
        rules->caller.moves[state][JGI_CALL_ON_RESULT].actions = JGI_CALL_LEAVE | JGI_CALL_TELL;
    rules->caller.moves[JGI_CALL_ELSEWHERE][JGI_CALL_ON_RESULT].actions = 0;
}

/* The number may come back to the node, which has it noted as over. */
static void refused_not_released(struct rules *rules)
{
    rules->caller.moves[JGI_CALL_SENT][JGI_CALL_ON_REFUSED].actions =
        JGI_CALL_LEAVE | JGI_CALL_PLACE;
}

static void outcome_not_kept(struct rules *rules)
{
    rules->ledger.moves[JGI_LEDGER_ENDED][JGI_LEDGER_ON_ASK] =
        rules->ledger.moves[JGI_LEDGER_FRESH][JGI_LEDGER_ON_ASK];
}

static void cancel_of_fresh_ignored(struct rules *rules)
{
    rules->ledger.moves[JGI_LEDGER_FRESH][JGI_LEDGER_ON_CANCEL] = (struct jgi_ledger_move){0};
}

static void cancel_not_sent(struct rules *rules)
{
    rules->caller.repeats[JGI_CALL_CANCELLING] = (struct jgi_call_repeat){0};
}

static void older_dial_taken(struct rules *rules)
{
    rules->ledger.hello[JGI_LEDGER_HELLO_OLDER] = JGI_LEDGER_RENEW;
}

static void session_kept(struct rules *rules)
{
    rules->ledger.hello[JGI_LEDGER_HELLO_OTHER] = JGI_LEDGER_RESUME;
}

const struct bug bugs[] = {
    {"rerun after RELEASE", rerun_after_release, {.budget = {.calls = 1, .repeated = 1}}},
    {"REFUSED forgotten",
     refused_forgotten,
     {.budget = {.calls = 1, .repeated = 1, .refusals = 1}}},
    {"REFUSED after ACCEPTED", accepted_then_refused, {.budget = {.calls = 1, .repeated = 1}}},
    {"second REFUSED from the old node believed",
     second_refused_believed,
     {.budget = {.calls = 1, .repeated = 1, .refusals = 1}}},
    {"NEED taken for REFUSED", need_taken_for_refused, {.budget = {.calls = 1, .needs = 1}}},
    {"UNKNOWN rerun", unknown_rerun, {.budget = {.calls = 1, .crashes = 1}}},
    {"another session is resumed", stale_session_resumed, {.budget = {.calls = 1, .crashes = 1}}},
    {"frames of a stale session taken",
     stale_frames_taken,
     {.budget = {.calls = 2, .repeated = 1, .cuts = 1}}},
    {"RELEASE overtaking START", release_overtakes_start, {.budget = {.calls = 1, .forgets = 1}}},
    {"RELEASE not noted", release_not_noted, {.budget = {.calls = 2, .repeated = 1}}},
    {"early floor: what is not placed does not count", early_floor_new, {.budget = {.calls = 2}}},
    {"early floor: what is cancelled does not count",
     early_floor_cancelled,
     {.budget = {.calls = 1, .stops = 1}}},
    {"lost, and run elsewhere", lost_rerun, {.budget = {.calls = 1, .cuts = 1}}},
    {"RESULT not released", result_not_released, {.budget = {.calls = 1}}},
    {"REFUSED not released", refused_not_released, {.budget = {.calls = 1, .refusals = 1}}},
    {"an outcome is not kept", outcome_not_kept, {.budget = {.calls = 1, .timers = 1}}},
    {"CANCEL before START ignored",
     cancel_of_fresh_ignored,
     {.budget = {.calls = 1, .lost = 1, .stops = 1}}},
    {"CANCEL is not sent", cancel_not_sent, {.budget = {.calls = 1, .lost = 1, .stops = 1}}},
    {"an older dial is taken", older_dial_taken, {.budget = {.calls = 1, .cuts = 2}}},
    {"the node keeps a session that was given up",
     session_kept,
     {.budget = {.calls = 1, .repeated = 1, .cuts = 1}}},
};

const size_t bug_count = sizeof bugs / sizeof bugs[0];
