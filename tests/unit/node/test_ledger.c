/* SPDX-License-Identifier: MIT */
/* The node's rows and sessions, held against the tables of docs/design.md, which are written here
 * once more. */
#include "base/clock.h"
#include "node/ledger.h"
#include "wire/durations.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CALLER = 77, NUMBER = 5, FLOOR = 3 };

/* A node with one caller; what it does is written down, word by word. */
struct world {
    struct jgi_ledger ledger;
    struct jgi_ledger_link links[3];
    enum jgi_ledger_answer answer; /* to the next START */
    struct jgi_ledger_row *row;    /* the last one that was started */
    uint64_t now_ns;
    char log[400];
};

static int execution; /* rows' user */

static void note(struct world *world, const char *format, ...)
{
    size_t used = strlen(world->log);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(world->log + used, sizeof world->log - used, format, args);
    va_end(args);
}

static enum jgi_ledger_answer on_start(void *user, struct jgi_ledger_row *row,
                                       const struct jgi_message *message)
{
    struct world *world = user;
    cr_expect_eq(row->by_number.key, message->number);
    note(world, "start ");
    if (world->answer != JGI_LEDGER_NEED) row->user = &execution;
    world->row = world->answer == JGI_LEDGER_ACCEPT ? row : NULL;
    return world->answer;
}

static const char *name_of(enum jgi_message_kind kind)
{
    static const char *const names[JGI_MESSAGE_KIND_COUNT] = {
        [JGI_MESSAGE_ACCEPTED] = "ACCEPTED", [JGI_MESSAGE_NEED] = "NEED",
        [JGI_MESSAGE_REFUSED] = "REFUSED",   [JGI_MESSAGE_RUNNING] = "RUNNING",
        [JGI_MESSAGE_RESULT] = "RESULT",     [JGI_MESSAGE_UNKNOWN] = "UNKNOWN",
        [JGI_MESSAGE_RELEASED] = "RELEASED"};
    return names[kind];
}

static void on_send(void *user, struct jgi_ledger_link *link, enum jgi_message_kind kind,
                    uint64_t number, struct jgi_ledger_row *row)
{
    struct world *world = user;
    bool is_outcome = kind == JGI_MESSAGE_RESULT || kind == JGI_MESSAGE_REFUSED;
    cr_expect_eq(row != NULL, is_outcome);
    if (link != &world->links[0]) note(world, "link%d:", (int)(link - world->links));
    note(world, "%s", name_of(kind));
    if (is_outcome && row->user == NULL) note(world, "(cancelled)");
    if (number != NUMBER) note(world, "#%d", (int)number);
    note(world, " ");
}

static void on_stop(void *user, struct jgi_ledger_row *row)
{
    (void)row;
    note(user, "stop ");
}

static void on_drop(void *user, struct jgi_ledger_row *row, bool is_firm)
{
    cr_expect_eq(row->user, &execution);
    note(user, is_firm ? "drop-firmly " : "drop ");
}

static void on_close(void *user, struct jgi_ledger_link *link)
{
    struct world *world = user;
    note(world, "close%d ", (int)(link - world->links));
}

static const struct jgi_ledger_hooks hooks = {
    .start = on_start, .send = on_send, .stop = on_stop, .drop = on_drop, .close = on_close};

static void said(struct world *world, const char *expected, const char *what)
{
    size_t length = strlen(world->log);
    if (length > 0) world->log[length - 1] = '\0'; /* the last space */
    cr_expect_str_eq(world->log, expected, "%s: \"%s\", not \"%s\"", what, world->log, expected);
    world->log[0] = '\0';
}

/* Greets on a link; 0: the link is refused, else the session. */
static uint64_t greet(struct world *world, int link, uint32_t dial_count, uint64_t session,
                      uint64_t new_session)
{
    struct jgi_message hello = {.kind = JGI_MESSAGE_HELLO,
                                .incarnation = CALLER,
                                .session = session,
                                .dial_count = dial_count};
    struct jgi_message answer = {0};
    enum jgi_ledger_verdict verdict =
        jgi_ledger_hello(&world->ledger, &world->links[link], &hello, new_session, &answer);
    if (verdict == JGI_LEDGER_REFUSE_LINK) return 0;
    cr_expect_eq(answer.kind, JGI_MESSAGE_HELLO);
    cr_expect_eq(answer.role, JGI_PEER_NODE);
    cr_expect_eq(answer.incarnation, 9);
    cr_expect_eq(verdict == JGI_LEDGER_RESUME, answer.session == session);
    jgi_ledger_resume(&world->ledger, &world->links[link], world->now_ns);
    return answer.session;
}

static void world_init(struct world *world)
{
    *world = (struct world){.now_ns = 1000 * JGI_MS_NS};
    jgi_ledger_init(&world->ledger, 9, &hooks, world);
    cr_assert_eq(greet(world, 0, 1, 0, 41), 41);
}

static void world_fini(struct world *world)
{
    jgi_ledger_fini(&world->ledger);
    cr_expect_eq(jgi_ledger_next(&world->ledger), JGI_NEVER);
}

static bool frame_of(struct world *world, int link, enum jgi_message_kind kind, uint64_t number,
                     uint64_t floor)
{
    struct jgi_message message = {
        .kind = kind, .number = number, .floor = floor, .set_interval_ms = 40};
    return jgi_ledger_frame(&world->ledger, &world->links[link], &message, world->now_ns);
}

static void frame(struct world *world, enum jgi_message_kind kind)
{
    cr_expect(frame_of(world, 0, kind, NUMBER, FLOOR));
}

/* Brings NUMBER there. */
static void bring(struct world *world, const char *state)
{
    bool is_refused = strcmp(state, "refused") == 0;
    if (strcmp(state, "below the floor") == 0)
        cr_expect(frame_of(world, 0, JGI_MESSAGE_PING, 0, NUMBER + 1));
    if (strcmp(state, "noted") == 0) frame(world, JGI_MESSAGE_RELEASE);
    if (strcmp(state, "cancelled") == 0) frame(world, JGI_MESSAGE_CANCEL);
    if (is_refused) world->answer = JGI_LEDGER_REFUSE;
    bool is_started = strcmp(state, "queued") == 0 || strcmp(state, "running") == 0 ||
                      strcmp(state, "ended") == 0 || is_refused;
    if (is_started) frame(world, JGI_MESSAGE_START);
    if (strcmp(state, "running") == 0) jgi_ledger_began(world->row);
    if (strcmp(state, "ended") == 0) jgi_ledger_ended(&world->ledger, world->row, world->now_ns);
    world->log[0] = '\0';
}

/* Where NUMBER is, by what the node says to harmless frames. */
static const char *where(struct world *world)
{
    struct jgi_table_link *caller = jgi_table_find(&world->ledger.callers, CALLER);
    struct jgi_ledger_caller *known = JGI_OWNER(caller, struct jgi_ledger_caller, by_incarnation);
    struct jgi_table_link *link = jgi_table_find(&known->rows, NUMBER);
    if (link == NULL)
        return NUMBER < known->floor || jgi_notes_has(&known->notes, NUMBER) ? "over" : "fresh";
    struct jgi_ledger_row *row = JGI_OWNER(link, struct jgi_ledger_row, by_number);
    if (row->state == JGI_LEDGER_QUEUED) return "queued";
    return row->state == JGI_LEDGER_RUNNING ? "running" : "ended";
}

/* docs/design.md: the node's row, and each frame. */
static const struct {
    const char *state;
    enum jgi_message_kind frame;
    const char *after, *said;
} moves[] = {
    {"fresh", JGI_MESSAGE_START, "queued", "start ACCEPTED"},
    {"fresh", JGI_MESSAGE_ASK, "fresh", "UNKNOWN"},
    {"fresh", JGI_MESSAGE_CANCEL, "ended", "RESULT(cancelled)"},
    {"fresh", JGI_MESSAGE_RELEASE, "over", "RELEASED"},
    {"below the floor", JGI_MESSAGE_START, "over", ""},
    {"below the floor", JGI_MESSAGE_ASK, "over", "UNKNOWN"},
    {"below the floor", JGI_MESSAGE_CANCEL, "over", ""},
    {"below the floor", JGI_MESSAGE_RELEASE, "over", "RELEASED"},
    {"noted", JGI_MESSAGE_START, "over", ""},
    {"noted", JGI_MESSAGE_ASK, "over", "UNKNOWN"},
    {"noted", JGI_MESSAGE_CANCEL, "over", ""},
    {"noted", JGI_MESSAGE_RELEASE, "over", "RELEASED"},
    {"queued", JGI_MESSAGE_START, "queued", "ACCEPTED"},
    {"queued", JGI_MESSAGE_ASK, "queued", "RUNNING"},
    {"queued", JGI_MESSAGE_CANCEL, "queued", "stop"},
    {"queued", JGI_MESSAGE_RELEASE, "over", "drop RELEASED"},
    {"running", JGI_MESSAGE_START, "running", "ACCEPTED"},
    {"running", JGI_MESSAGE_ASK, "running", "RUNNING"},
    {"running", JGI_MESSAGE_CANCEL, "running", "stop"},
    {"running", JGI_MESSAGE_RELEASE, "over", "drop RELEASED"},
    {"ended", JGI_MESSAGE_START, "ended", "RESULT"},
    {"ended", JGI_MESSAGE_ASK, "ended", "RESULT"},
    {"ended", JGI_MESSAGE_CANCEL, "ended", "RESULT"},
    {"ended", JGI_MESSAGE_RELEASE, "over", "drop RELEASED"},
    {"refused", JGI_MESSAGE_START, "ended", "REFUSED"},
    {"refused", JGI_MESSAGE_ASK, "ended", "REFUSED"},
    {"refused", JGI_MESSAGE_CANCEL, "ended", "REFUSED"},
    {"refused", JGI_MESSAGE_RELEASE, "over", "drop RELEASED"},
    {"cancelled", JGI_MESSAGE_START, "ended", "RESULT(cancelled)"},
    {"cancelled", JGI_MESSAGE_ASK, "ended", "RESULT(cancelled)"},
    {"cancelled", JGI_MESSAGE_CANCEL, "ended", "RESULT(cancelled)"},
    {"cancelled", JGI_MESSAGE_RELEASE, "over", "RELEASED"},
};

Test(ledger, every_frame_in_every_state_does_what_the_design_says)
{
    static const char *const frames[] = {[JGI_MESSAGE_START] = "START",
                                         [JGI_MESSAGE_ASK] = "ASK",
                                         [JGI_MESSAGE_CANCEL] = "CANCEL",
                                         [JGI_MESSAGE_RELEASE] = "RELEASE"};
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        struct world world;
        char what[60];
        world_init(&world);
        bring(&world, moves[i].state);
        world.answer = JGI_LEDGER_ACCEPT;
        frame(&world, moves[i].frame);
        (void)snprintf(what, sizeof what, "%s, %s", moves[i].state, frames[moves[i].frame]);
        said(&world, moves[i].said, what);
        cr_expect_str_eq(where(&world), moves[i].after, "%s: %s", what, where(&world));
        world_fini(&world);
    }
}

Test(ledger, need_makes_no_row)
{
    struct world world;
    world_init(&world);
    world.answer = JGI_LEDGER_NEED;
    frame(&world, JGI_MESSAGE_START);
    said(&world, "start NEED", "START");
    cr_expect_str_eq(where(&world), "fresh");
    world.answer = JGI_LEDGER_ACCEPT;
    frame(&world, JGI_MESSAGE_START);
    said(&world, "start ACCEPTED", "START again");
    world_fini(&world);
}

Test(ledger, a_refusal_makes_a_row_that_stays)
{
    struct world world;
    world_init(&world);
    world.answer = JGI_LEDGER_REFUSE;
    frame(&world, JGI_MESSAGE_START);
    said(&world, "start REFUSED", "START");
    world.answer = JGI_LEDGER_ACCEPT;
    frame(&world, JGI_MESSAGE_START);
    said(&world, "REFUSED", "START again");
    world_fini(&world);
}

Test(ledger, a_cancel_stops_once_and_the_result_follows)
{
    struct world world;
    world_init(&world);
    bring(&world, "running");
    frame(&world, JGI_MESSAGE_CANCEL);
    frame(&world, JGI_MESSAGE_CANCEL);
    said(&world, "stop", "two CANCELs");
    jgi_ledger_ended(&world.ledger, world.row, world.now_ns);
    jgi_ledger_ended(&world.ledger, world.row, world.now_ns);
    said(&world, "RESULT", "its end");
    world_fini(&world);
}

Test(ledger, the_floor_only_rises)
{
    struct world world;
    world_init(&world);
    cr_expect(frame_of(&world, 0, JGI_MESSAGE_PING, 0, NUMBER + 1));
    cr_expect(frame_of(&world, 0, JGI_MESSAGE_START, NUMBER, 1));
    said(&world, "", "START below the floor");
    cr_expect_str_eq(where(&world), "over");
    world_fini(&world);
}

Test(ledger, notes_go_with_the_floor)
{
    struct world world;
    world_init(&world);
    for (uint64_t number = 1; number < 3 * JGI_NOTES_PAGE; number++)
        cr_expect(frame_of(&world, 0, JGI_MESSAGE_RELEASE, number, 1));
    struct jgi_table_link *link = jgi_table_find(&world.ledger.callers, CALLER);
    struct jgi_ledger_caller *caller = JGI_OWNER(link, struct jgi_ledger_caller, by_incarnation);
    cr_expect_eq(caller->notes.count, 3);
    cr_expect(frame_of(&world, 0, JGI_MESSAGE_PING, 0, 3 * JGI_NOTES_PAGE));
    cr_expect_eq(caller->notes.count, 0);
    world.log[0] = '\0';
    world_fini(&world);
}

Test(ledger, an_outcome_comes_again_by_its_interval_until_release)
{
    struct world world;
    world_init(&world);
    bring(&world, "ended");
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(jgi_ledger_next(&world.ledger), world.now_ns + 40 * JGI_MS_NS);
        jgi_ledger_tick(&world.ledger, world.now_ns + 40 * JGI_MS_NS - 1);
        said(&world, "", "too early");
        world.now_ns += 40 * JGI_MS_NS;
        jgi_ledger_tick(&world.ledger, world.now_ns);
        said(&world, "RESULT", "in time");
    }
    frame(&world, JGI_MESSAGE_RELEASE);
    cr_expect_eq(jgi_ledger_next(&world.ledger), JGI_NEVER);
    world.log[0] = '\0';
    world_fini(&world);
}

Test(ledger, a_link_of_the_same_session_closes_the_older_and_resumes)
{
    struct world world;
    world_init(&world);
    bring(&world, "ended");
    cr_expect_eq(greet(&world, 1, 2, 41, 42), 41);
    said(&world, "close0 link1:RESULT", "HELLO");
    cr_expect_not(frame_of(&world, 0, JGI_MESSAGE_START, 6, 0));
    said(&world, "", "a frame of the older link");
    jgi_ledger_closed(&world.ledger, &world.links[0], false, world.now_ns);
    jgi_ledger_tick(&world.ledger, world.now_ns + JGI_CALLER_LOST_NS);
    cr_expect_str_eq(where(&world), "ended", "the end of the older link is nothing");
    world.log[0] = '\0';
    world_fini(&world);
}

Test(ledger, another_session_or_none_stops_and_drops_the_old_one)
{
    for (uint64_t named = 0; named < 2; named++) {
        struct world world;
        world_init(&world);
        bring(&world, "running");
        cr_expect_eq(greet(&world, 1, 2, named, 42), 42);
        said(&world, "close0 drop-firmly", "HELLO");
        cr_expect_str_eq(where(&world), "fresh");
        world_fini(&world);
    }
}

Test(ledger, a_lower_dial_count_is_refused)
{
    struct world world;
    world_init(&world);
    bring(&world, "running");
    cr_expect_eq(greet(&world, 1, 3, 41, 42), 41);
    cr_expect_eq(greet(&world, 2, 2, 41, 43), 0);
    said(&world, "close0", "HELLO");
    cr_expect_not(frame_of(&world, 2, JGI_MESSAGE_START, 6, 0));
    world_fini(&world);
}

Test(ledger, a_link_greets_once_and_not_as_nobody)
{
    struct world world;
    world_init(&world);
    cr_expect_eq(greet(&world, 0, 2, 41, 42), 0);
    struct jgi_message answer, nobody = {.kind = JGI_MESSAGE_HELLO, .dial_count = 1};
    cr_expect_eq(jgi_ledger_hello(&world.ledger, &world.links[1], &nobody, 42, &answer),
                 JGI_LEDGER_REFUSE_LINK);
    cr_expect_not(frame_of(&world, 2, JGI_MESSAGE_START, 6, 0), "before HELLO");
    world_fini(&world);
}

Test(ledger, a_caller_without_a_link_is_lost_in_time)
{
    for (int is_silent = 0; is_silent < 2; is_silent++) {
        struct world world;
        world_init(&world);
        bring(&world, "running");
        jgi_ledger_closed(&world.ledger, &world.links[0], is_silent, world.now_ns);
        uint64_t lost_ns = world.now_ns + (is_silent ? 2500 : 1500) * JGI_MS_NS;
        cr_expect_eq(jgi_ledger_next(&world.ledger), lost_ns);
        jgi_ledger_tick(&world.ledger, lost_ns - 1);
        said(&world, "", "before");
        jgi_ledger_tick(&world.ledger, lost_ns);
        said(&world, "drop-firmly", "lost");
        cr_expect_eq(world.ledger.callers.count, 0);
        world_fini(&world);
    }
}

Test(ledger, without_a_link_outcomes_wait_for_the_next)
{
    struct world world;
    world_init(&world);
    bring(&world, "running");
    jgi_ledger_closed(&world.ledger, &world.links[0], false, world.now_ns);
    jgi_ledger_ended(&world.ledger, world.row, world.now_ns);
    said(&world, "", "no link");
    cr_expect_eq(greet(&world, 1, 2, 41, 42), 41);
    said(&world, "link1:RESULT", "HELLO");
    cr_expect_eq(jgi_ledger_next(&world.ledger), world.now_ns + 40 * JGI_MS_NS);
    world.log[0] = '\0';
    world_fini(&world);
}

Test(ledger, callers_do_not_meet)
{
    struct world world;
    world_init(&world);
    bring(&world, "running");
    struct jgi_message hello = {.incarnation = 78, .dial_count = 1}, answer;
    cr_expect_eq(jgi_ledger_hello(&world.ledger, &world.links[1], &hello, 42, &answer),
                 JGI_LEDGER_RENEW);
    cr_expect(frame_of(&world, 1, JGI_MESSAGE_RELEASE, NUMBER, 0));
    said(&world, "link1:RELEASED", "another's number");
    cr_expect_str_eq(where(&world), "running");
    world_fini(&world);
}
