/* SPDX-License-Identifier: MIT */
/* The caller's rows, peers and intervals, held against the tables of docs/design.md, which are
 * written here once more. */
#include "base/clock.h"
#include "client/caller.h"
#include "wire/durations.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { A, B, PEER_COUNT };

/* A caller and two nodes; what it does is written down, word by word. */
struct world {
    struct jgi_caller caller;
    struct jgi_caller_peer peers[PEER_COUNT];
    struct jgi_caller_row *row;
    int place_at; /* where hook place puts a row at once; -1: nowhere */
    bool is_idempotent;
    bool drops_all; /* what is sent */
    uint64_t now_ns;
    char log[400];
};

static int call; /* rows' user */

static void note(struct world *world, const char *format, ...)
{
    size_t used = strlen(world->log);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(world->log + used, sizeof world->log - used, format, args);
    va_end(args);
}

static char letter(const struct world *world, const struct jgi_caller_peer *peer)
{
    return peer == &world->peers[A] ? 'a' : 'b';
}

static bool on_send(void *user, struct jgi_caller_peer *peer, enum jgi_message_kind kind,
                    uint64_t number, struct jgi_caller_row *row)
{
    static const char *const names[JGI_MESSAGE_KIND_COUNT] = {[JGI_MESSAGE_START] = "START",
                                                              [JGI_MESSAGE_ASK] = "ASK",
                                                              [JGI_MESSAGE_CANCEL] = "CANCEL",
                                                              [JGI_MESSAGE_RELEASE] = "RELEASE",
                                                              [JGI_MESSAGE_PING] = "PING"};
    struct world *world = user;
    cr_expect_eq(row == NULL, kind == JGI_MESSAGE_RELEASE || kind == JGI_MESSAGE_PING);
    cr_expect_eq(peer->state, JGI_PEER_READY);
    note(world, "%s>%c", names[kind], letter(world, peer));
    if (number > 1) note(world, "#%d", (int)number);
    note(world, " ");
    return !world->drops_all;
}

static void on_place(void *user, struct jgi_caller_row *row, const struct jgi_message *refusal)
{
    struct world *world = user;
    note(world, refusal == NULL ? "place(lost) " : "place ");
    if (world->place_at < 0) return;
    struct jgi_caller_peer *peer = &world->peers[world->place_at];
    if (jgi_caller_may_place(row, peer)) jgi_caller_place(&world->caller, row, peer, world->now_ns);
}

static void on_ended(void *user, void *row_user, jg_status status, const struct jgi_message *result)
{
    cr_expect_eq(row_user, &call);
    note(user, result != NULL ? "result " : "ended:%d ", status);
}

static void on_lost(void *user, struct jgi_caller_peer *peer)
{
    note(user, "lost-%c ", letter(user, peer));
}

static const struct jgi_caller_hooks hooks = {
    .send = on_send, .place = on_place, .ended = on_ended, .lost = on_lost};

static void said(struct world *world, const char *expected, const char *what)
{
    size_t length = strlen(world->log);
    if (length > 0) world->log[length - 1] = '\0'; /* the last space */
    cr_expect_str_eq(world->log, expected, "%s: \"%s\", not \"%s\"", what, world->log, expected);
    world->log[0] = '\0';
}

static struct jgi_message dial(struct world *world, int peer)
{
    struct jgi_message hello;
    jgi_caller_dial(&world->caller, &world->peers[peer], world->now_ns, &hello);
    return hello;
}

static bool greet(struct world *world, int peer, uint32_t dial_count, uint64_t incarnation,
                  uint64_t session)
{
    struct jgi_message hello = {
        .kind = JGI_MESSAGE_HELLO, .incarnation = incarnation, .session = session};
    return jgi_caller_hello(&world->caller, &world->peers[peer], dial_count, &hello, world->now_ns);
}

static void world_init(struct world *world, bool is_idempotent)
{
    *world =
        (struct world){.place_at = -1, .is_idempotent = is_idempotent, .now_ns = 1000 * JGI_MS_NS};
    jgi_caller_init(&world->caller, 77, &hooks, world);
    for (int peer = A; peer <= B; peer++) {
        cr_assert(jgi_caller_add_peer(&world->caller, &world->peers[peer], NULL));
        cr_expect_eq(dial(world, peer).session, 0);
        cr_assert(greet(world, peer, 1, 10 + peer, 40 + peer));
    }
    struct jgi_call_intervals intervals = {.init = 30, .get = 50, .end = 70};
    world->row = jgi_caller_open(&world->caller, intervals, is_idempotent, &call);
    cr_assert_not_null(world->row);
}

static void world_fini(struct world *world)
{
    jgi_caller_fini(&world->caller);
    cr_expect_eq(world->caller.note_count, 0);
    cr_expect_eq(world->caller.row_count, 0);
}

static bool frame(struct world *world, int peer, enum jgi_message_kind kind)
{
    struct jgi_message message = {.kind = kind, .number = 1};
    struct jgi_caller_peer *from = &world->peers[peer];
    return jgi_caller_frame(&world->caller, from, from->dial_count, &message, world->now_ns);
}

static void place(struct world *world, int peer)
{
    cr_assert(jgi_caller_may_place(world->row, &world->peers[peer]));
    jgi_caller_place(&world->caller, world->row, &world->peers[peer], world->now_ns);
}

static bool is(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

/* Brings number 1 there; it is at A where it is anywhere. */
static void bring(struct world *world, const char *state)
{
    if (!is(state, "new")) place(world, A);
    if (is(state, "needed")) frame(world, A, JGI_MESSAGE_NEED);
    if (is(state, "accepted")) frame(world, A, JGI_MESSAGE_ACCEPTED);
    if (is(state, "cancelling"))
        jgi_caller_stop(&world->caller, world->row, JG_ECANCELLED, world->now_ns);
    if (is(state, "over")) frame(world, A, JGI_MESSAGE_RESULT);
    if (is(state, "refused") || is(state, "at b")) frame(world, A, JGI_MESSAGE_REFUSED);
    if (is(state, "at b")) place(world, B);
    world->log[0] = '\0';
}

static const char *where(struct world *world, uint64_t number)
{
    static const char *const names[] = {[JGI_CALL_NEW] = "new",
                                        [JGI_CALL_SENT] = "sent",
                                        [JGI_CALL_NEEDED] = "needed",
                                        [JGI_CALL_ACCEPTED] = "accepted",
                                        [JGI_CALL_CANCELLING] = "cancelling",
                                        [JGI_CALL_OVER] = "over"};
    struct jgi_table_link *link = jgi_table_find(&world->caller.rows, number);
    if (link == NULL) return "gone";
    return names[JGI_OWNER(link, struct jgi_caller_row, by_number)->state];
}

static void happen(struct world *world, const char *event)
{
    static const struct {
        const char *name;
        enum jgi_message_kind kind;
    } frames[] = {{"ACCEPTED", JGI_MESSAGE_ACCEPTED}, {"NEED", JGI_MESSAGE_NEED},
                  {"REFUSED", JGI_MESSAGE_REFUSED},   {"RUNNING", JGI_MESSAGE_RUNNING},
                  {"RESULT", JGI_MESSAGE_RESULT},     {"UNKNOWN", JGI_MESSAGE_UNKNOWN},
                  {"RELEASED", JGI_MESSAGE_RELEASED}};
    struct jgi_caller_peer *a = &world->peers[A];
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        if (is(event, frames[i].name)) frame(world, A, frames[i].kind);
    if (is(event, "lost")) jgi_caller_refused(&world->caller, a, a->dial_count, world->now_ns);
    if (is(event, "stop"))
        jgi_caller_stop(&world->caller, world->row, JG_ECANCELLED, world->now_ns);
    if (is(event, "forget")) jgi_caller_forget(&world->caller, world->row, world->now_ns);
    if (is(event, "fail")) jgi_caller_fail(&world->caller, world->row, JG_ENONODES, world->now_ns);
}

/* docs/design.md: the caller's row, and what may happen to it; all frames are A's. */
static const struct {
    const char *state, *event, *after, *said;
} moves[] = {
    {"new", "ACCEPTED", "new", ""},
    {"new", "NEED", "new", ""},
    {"new", "REFUSED", "new", "RELEASE>a"},
    {"new", "RUNNING", "new", ""},
    {"new", "RESULT", "new", "RELEASE>a"},
    {"new", "UNKNOWN", "new", ""},
    {"new", "RELEASED", "new", ""},
    {"new", "lost", "new", "lost-a"},
    {"new", "stop", "gone", "ended:8"},
    {"new", "forget", "gone", ""},
    {"new", "fail", "gone", "ended:11"},
    {"sent", "ACCEPTED", "accepted", ""},
    {"sent", "NEED", "needed", ""},
    {"sent", "REFUSED", "new", "RELEASE>a place"},
    {"sent", "RUNNING", "accepted", ""},
    {"sent", "RESULT", "over", "RELEASE>a result"},
    {"sent", "UNKNOWN", "sent", ""},
    {"sent", "RELEASED", "sent", ""},
    {"sent", "lost", "gone", "ended:10 lost-a"},
    {"sent", "stop", "cancelling", "CANCEL>a ended:8"},
    {"sent", "forget", "over", "RELEASE>a"},
    {"needed", "ACCEPTED", "accepted", ""},
    {"needed", "NEED", "needed", ""},
    {"needed", "REFUSED", "new", "RELEASE>a place"},
    {"needed", "RUNNING", "accepted", ""},
    {"needed", "RESULT", "over", "RELEASE>a result"},
    {"needed", "UNKNOWN", "needed", ""},
    {"needed", "RELEASED", "needed", ""},
    {"needed", "lost", "gone", "ended:10 lost-a"},
    {"needed", "stop", "cancelling", "CANCEL>a ended:8"},
    {"needed", "forget", "over", "RELEASE>a"},
    {"accepted", "ACCEPTED", "accepted", ""},
    {"accepted", "NEED", "accepted", ""},
    {"accepted", "REFUSED", "accepted", ""},
    {"accepted", "RUNNING", "accepted", ""},
    {"accepted", "RESULT", "over", "RELEASE>a result"},
    {"accepted", "UNKNOWN", "gone", "ended:10"},
    {"accepted", "RELEASED", "accepted", ""},
    {"accepted", "lost", "gone", "ended:10 lost-a"},
    {"accepted", "stop", "cancelling", "CANCEL>a ended:8"},
    {"accepted", "forget", "over", "RELEASE>a"},
    {"cancelling", "ACCEPTED", "cancelling", ""},
    {"cancelling", "NEED", "cancelling", ""},
    {"cancelling", "REFUSED", "over", "RELEASE>a"},
    {"cancelling", "RUNNING", "cancelling", ""},
    {"cancelling", "RESULT", "over", "RELEASE>a"},
    {"cancelling", "UNKNOWN", "gone", ""},
    {"cancelling", "RELEASED", "cancelling", ""},
    {"cancelling", "lost", "gone", "lost-a"},
    {"over", "ACCEPTED", "over", ""},
    {"over", "NEED", "over", ""},
    {"over", "REFUSED", "over", "RELEASE>a"},
    {"over", "RUNNING", "over", ""},
    {"over", "RESULT", "over", "RELEASE>a"},
    {"over", "UNKNOWN", "over", ""},
    {"over", "RELEASED", "gone", ""},
    {"over", "lost", "gone", "lost-a"},
    /* A refused it, and is not its holder any more. */
    {"refused", "ACCEPTED", "new", ""},
    {"refused", "REFUSED", "new", "RELEASE>a"},
    {"refused", "RELEASED", "new", ""},
    {"refused", "fail", "over", "ended:11"},
    {"refused", "stop", "over", "ended:8"},
    {"refused", "forget", "over", ""},
    {"at b", "ACCEPTED", "sent", ""},
    {"at b", "NEED", "sent", ""},
    {"at b", "REFUSED", "sent", "RELEASE>a"},
    {"at b", "RUNNING", "sent", ""},
    {"at b", "RESULT", "sent", "RELEASE>a"},
    {"at b", "UNKNOWN", "sent", ""},
    {"at b", "RELEASED", "sent", ""},
    {"at b", "lost", "sent", "lost-a"},
};

Test(caller, every_event_in_every_state_does_what_the_design_says)
{
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        struct world world;
        char what[60];
        world_init(&world, false);
        bring(&world, moves[i].state);
        happen(&world, moves[i].event);
        (void)snprintf(what, sizeof what, "%s, %s", moves[i].state, moves[i].event);
        said(&world, moves[i].said, what);
        cr_expect_str_eq(where(&world, 1), moves[i].after, "%s: %s", what, where(&world, 1));
        world_fini(&world);
    }
}

/* What comes again in each state, and when: by 1,000 ms, its frames. */
static const struct {
    const char *state;
    bool is_waited;
    int interval_ms; /* 0: never */
    const char *said;
} repeats[] = {
    {"new", true, 0, ""},
    {"sent", false, 30, "START>a"},
    {"needed", false, 30, "START>a"},
    {"accepted", false, 0, ""},
    {"accepted", true, 50, "ASK>a"},
    {"cancelling", true, 70, "CANCEL>a"},
    {"over", true, 70, "RELEASE>a"},
    {"refused", true, 70, "RELEASE>a"},
};

Test(caller, each_state_repeats_its_frame_by_its_interval)
{
    for (size_t i = 0; i < sizeof repeats / sizeof repeats[0]; i++) {
        struct world world;
        world_init(&world, false);
        jgi_caller_wait(&world.caller, world.row, repeats[i].is_waited, world.now_ns);
        bring(&world, repeats[i].state);
        for (int round = 0; round < 3; round++) {
            uint64_t due_ns = world.now_ns + (uint64_t)repeats[i].interval_ms * JGI_MS_NS;
            bool is_never = repeats[i].interval_ms == 0;
            cr_expect_eq(jgi_caller_next(&world.caller), is_never ? JGI_NEVER : due_ns, "%s",
                         repeats[i].state);
            if (!is_never) jgi_caller_tick(&world.caller, due_ns - 1);
            said(&world, "", "too early");
            world.now_ns = due_ns;
            jgi_caller_tick(&world.caller, world.now_ns);
            said(&world, repeats[i].said, repeats[i].state);
        }
        world_fini(&world);
    }
}

Test(caller, intervals_are_those_of_the_form)
{
    struct jgi_job_options options = {.init_retry_interval_ms = 1,
                                      .async_init_retry_interval_ms = 2,
                                      .sync_retry_interval_ms = 3,
                                      .async_get_retry_interval_ms = 4,
                                      .async_set_retry_interval_ms = 5,
                                      .shutdown_retry_interval_ms = 6};
    struct jgi_call_intervals blocking = jgi_call_intervals(&options, true);
    struct jgi_call_intervals async = jgi_call_intervals(&options, false);
    cr_expect(blocking.init == 1 && blocking.get == 3 && blocking.end == 6);
    cr_expect(async.init == 2 && async.get == 4 && async.end == 6);
}

Test(caller, asks_only_while_someone_waits)
{
    struct world world;
    world_init(&world, false);
    bring(&world, "accepted");
    jgi_caller_wait(&world.caller, world.row, true, world.now_ns);
    cr_expect_eq(jgi_caller_next(&world.caller), world.now_ns + 50 * JGI_MS_NS);
    world.now_ns += 20 * JGI_MS_NS;
    frame(&world, A, JGI_MESSAGE_RUNNING);
    cr_expect_eq(jgi_caller_next(&world.caller), world.now_ns + 50 * JGI_MS_NS, "news came");
    jgi_caller_wait(&world.caller, world.row, false, world.now_ns);
    cr_expect_eq(jgi_caller_next(&world.caller), JGI_NEVER);
    world_fini(&world);
}

Test(caller, start_is_put_off_while_pieces_are_taken)
{
    struct world world;
    world_init(&world, false);
    bring(&world, "needed");
    world.now_ns += 20 * JGI_MS_NS;
    jgi_caller_piece_taken(&world.peers[A], world.now_ns);
    jgi_caller_tick(&world.caller, world.now_ns + 10 * JGI_MS_NS);
    said(&world, "", "a piece was taken");
    cr_expect_eq(jgi_caller_next(&world.caller), world.now_ns + 30 * JGI_MS_NS);
    jgi_caller_tick(&world.caller, world.now_ns + 30 * JGI_MS_NS);
    said(&world, "START>a", "no piece for an interval");
    jgi_caller_shipped(&world.caller, world.row, world.now_ns);
    said(&world, "START>a", "all pieces are there");
    world_fini(&world);
}

Test(caller, the_floor_is_the_smallest_number_that_is_not_over)
{
    struct world world;
    world_init(&world, false);
    struct jgi_caller_row *second =
        jgi_caller_open(&world.caller, world.row->intervals, false, &call);
    cr_expect_eq(jgi_caller_floor(&world.caller), 1, "it is not placed yet");
    bring(&world, "over");
    cr_expect_eq(jgi_caller_floor(&world.caller), 1, "RELEASE is not confirmed");
    frame(&world, A, JGI_MESSAGE_RELEASED);
    cr_expect_eq(jgi_caller_floor(&world.caller), 2);
    jgi_caller_forget(&world.caller, second, world.now_ns);
    cr_expect_eq(jgi_caller_floor(&world.caller), 3, "all are over");
    world_fini(&world);
}

Test(caller, a_refusal_keeps_the_number_and_never_goes_back)
{
    struct world world;
    world_init(&world, false);
    world.place_at = B;
    place(&world, A);
    frame(&world, A, JGI_MESSAGE_REFUSED);
    said(&world, "START>a RELEASE>a place START>b", "refused by A");
    world.place_at = A;
    frame(&world, A, JGI_MESSAGE_RELEASED);
    frame(&world, B, JGI_MESSAGE_REFUSED);
    said(&world, "RELEASE>b place", "refused by B too");
    cr_expect_not(jgi_caller_may_place(world.row, &world.peers[A]));
    cr_expect_not(jgi_caller_may_place(world.row, &world.peers[B]));
    cr_expect_eq(jgi_caller_floor(&world.caller), 1);
    dial(&world, A);
    cr_expect(greet(&world, A, 2, 10, 99));
    cr_expect(jgi_caller_may_place(world.row, &world.peers[A]), "in another session");
    world_fini(&world);
}

Test(caller, a_refusal_after_a_lost_execution_is_enode)
{
    struct world world;
    world_init(&world, true);
    bring(&world, "accepted");
    happen(&world, "lost");
    said(&world, "place(lost) lost-a", "lost");
    cr_expect_str_eq(where(&world, 1), "gone");
    cr_expect_str_eq(where(&world, 2), "new");
    jgi_caller_fail(&world.caller, world.row, JG_EUNSUITABLE, world.now_ns);
    said(&world, "ended:10", "failed");
    world_fini(&world);
}

Test(caller, an_idempotent_call_gets_a_new_number_and_old_releases_go_on)
{
    struct world world;
    world_init(&world, true);
    bring(&world, "at b");
    struct jgi_caller_peer *b = &world.peers[B];
    jgi_caller_refused(&world.caller, b, b->dial_count, world.now_ns);
    said(&world, "place(lost) lost-b", "B is lost");
    cr_expect_str_eq(where(&world, 1), "over", "A has not confirmed RELEASE");
    cr_expect_eq(jgi_caller_floor(&world.caller), 1);
    place(&world, A);
    said(&world, "START>a#2", "A may have the new number");
    frame(&world, A, JGI_MESSAGE_RELEASED);
    cr_expect_str_eq(where(&world, 1), "gone");
    cr_expect_eq(jgi_caller_floor(&world.caller), 2);
    world_fini(&world);
}

Test(caller, unknown_is_never_run_again)
{
    struct world world;
    world_init(&world, true);
    bring(&world, "accepted");
    frame(&world, A, JGI_MESSAGE_UNKNOWN);
    said(&world, "ended:10", "UNKNOWN, and idempotent");
    world_fini(&world);
}

/* The link ends and another one greets: what each state sends again, or how it ends. */
static const struct {
    const char *state, *same, *other;
} resumed[] = {
    {"new", "", "lost-a"},
    {"sent", "START>a", "ended:10 lost-a"},
    {"needed", "START>a", "ended:10 lost-a"},
    {"accepted", "ASK>a", "ended:10 lost-a"},
    {"cancelling", "CANCEL>a", "lost-a"},
    {"over", "RELEASE>a", "lost-a"},
    {"refused", "RELEASE>a", "lost-a"},
};

Test(caller, hello_resumes_the_same_session_and_loses_any_other)
{
    static const uint64_t told[][2] = {{10, 40}, {10, 41}, {11, 40}};
    for (size_t i = 0; i < 3 * sizeof resumed / sizeof resumed[0]; i++) {
        struct world world;
        world_init(&world, false);
        jgi_caller_wait(&world.caller, world.row, true, world.now_ns);
        bring(&world, resumed[i / 3].state);
        jgi_caller_closed(&world.caller, &world.peers[A], 1, world.now_ns);
        struct jgi_message hello = dial(&world, A);
        cr_expect(hello.session == 40 && hello.dial_count == 2 && hello.incarnation == 77);
        said(&world, "", "before HELLO");
        cr_expect(greet(&world, A, 2, told[i % 3][0], told[i % 3][1]));
        said(&world, i % 3 == 0 ? resumed[i / 3].same : resumed[i / 3].other, resumed[i / 3].state);
        world_fini(&world);
    }
}

Test(caller, frames_of_an_older_link_do_nothing)
{
    struct world world;
    world_init(&world, false);
    bring(&world, "sent");
    struct jgi_message result = {.kind = JGI_MESSAGE_RESULT, .number = 1};
    dial(&world, A);
    for (uint32_t link = 1; link <= 2; link++)
        cr_expect_not(jgi_caller_frame(&world.caller, &world.peers[A], link, &result, 0));
    cr_expect_not(greet(&world, A, 1, 10, 40), "the older dial");
    cr_expect(greet(&world, A, 2, 10, 40));
    cr_expect_not(greet(&world, A, 2, 10, 40), "twice");
    cr_expect_not(jgi_caller_frame(&world.caller, &world.peers[A], 1, &result, 0));
    said(&world, "START>a", "in all");
    jgi_caller_closed(&world.caller, &world.peers[A], 1, world.now_ns);
    cr_expect_eq(world.peers[A].state, JGI_PEER_READY, "the end of the older link is nothing");
    world_fini(&world);
}

Test(caller, a_node_without_a_link_is_lost_in_time)
{
    struct world world;
    world_init(&world, false);
    bring(&world, "accepted");
    jgi_caller_closed(&world.caller, &world.peers[A], 1, world.now_ns);
    uint64_t lost_ns = world.now_ns + 1500 * JGI_MS_NS;
    world.now_ns += 700 * JGI_MS_NS;
    dial(&world, A);
    jgi_caller_closed(&world.caller, &world.peers[A], 2, world.now_ns);
    dial(&world, A);
    cr_expect_eq(jgi_caller_next(&world.caller), lost_ns, "dials do not put it off");
    jgi_caller_tick(&world.caller, lost_ns - 1);
    said(&world, "", "before");
    jgi_caller_tick(&world.caller, lost_ns);
    said(&world, "ended:10 lost-a", "lost");
    cr_expect_not(greet(&world, A, 3, 10, 40), "that dial named a session that is over");
    cr_expect_eq(dial(&world, A).session, 0);
    world_fini(&world);
}

Test(caller, only_a_ready_peer_can_be_chosen)
{
    struct world world;
    world_init(&world, false);
    dial(&world, A);
    cr_expect_not(jgi_caller_may_place(world.row, &world.peers[A]));
    cr_expect(jgi_caller_may_place(world.row, &world.peers[B]));
    jgi_caller_remove_peer(&world.caller, &world.peers[B], world.now_ns);
    said(&world, "lost-b", "removed");
    world_fini(&world);
}

Test(caller, numbers_that_were_never_given_are_nobodys)
{
    struct world world;
    world_init(&world, false);
    struct jgi_message result = {.kind = JGI_MESSAGE_RESULT, .number = 2};
    cr_expect_not(jgi_caller_frame(&world.caller, &world.peers[A], 1, &result, 0));
    said(&world, "", "RESULT of number 2");
    world_fini(&world);
}

Test(caller, other_frames_are_the_holders_only)
{
    struct world world;
    world_init(&world, false);
    bring(&world, "at b");
    cr_expect_eq(jgi_caller_find(&world.caller, &world.peers[B], 1, 1), world.row);
    cr_expect_null(jgi_caller_find(&world.caller, &world.peers[A], 1, 1));
    cr_expect_null(jgi_caller_find(&world.caller, &world.peers[B], 2, 1));
    jgi_caller_stop(&world.caller, world.row, JG_ETIMEOUT, world.now_ns);
    cr_expect_null(jgi_caller_find(&world.caller, &world.peers[B], 1, 1), "the user was told");
    world_fini(&world);
}

/* ---- who is there and does not answer ---- */

enum manner {
    TAKES,   /* it answers PING and nothing else */
    IS_FULL, /* nothing can be sent to it, and it answers PING */
    IS_SLOW, /* it does not come to the PING yet */
    ANSWERS  /* each time, late */
};

/* After how many ms the node is lost; 0: not within a minute. `ret_pings`: how often it was asked
 * whether it takes what is sent. */
static int ms_until_lost(struct world *world, enum manner manner, enum jgi_message_kind answer,
                         int *ret_pings)
{
    uint64_t begin_ns = world->now_ns;
    world->drops_all = manner == IS_FULL;
    for (int ms = 0; ms < 60000; ms += 10) {
        world->log[0] = '\0';
        world->now_ns = begin_ns + (uint64_t)ms * JGI_MS_NS;
        jgi_caller_tick(&world->caller, world->now_ns);
        *ret_pings += strstr(world->log, "PING>a") != NULL;
        if (strstr(world->log, "lost-a") != NULL) return ms;
        if (manner != IS_SLOW) world->peers[A].taken_ns = world->now_ns + 1;
        if (manner == ANSWERS && ms % 9000 == 8990) frame(world, A, answer);
    }
    return 0;
}

static const struct {
    const char *state;
    enum jgi_message_kind ignored, answer; /* which changes nothing */
    const char *said;                      /* when it is lost */
} ignored[] = {
    {"sent", JGI_MESSAGE_START, JGI_MESSAGE_NONE, "START>a ended:10 lost-a "},
    {"needed", JGI_MESSAGE_START, JGI_MESSAGE_NEED, "START>a ended:10 lost-a "},
    {"accepted", JGI_MESSAGE_ASK, JGI_MESSAGE_RUNNING, "ASK>a ended:10 lost-a "},
    {"cancelling", JGI_MESSAGE_CANCEL, JGI_MESSAGE_RUNNING, "CANCEL>a lost-a "},
    {"over", JGI_MESSAGE_RELEASE, JGI_MESSAGE_NONE, "RELEASE>a lost-a "},
};

Test(caller, a_node_that_takes_what_it_never_answers_is_lost)
{
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        for (int manner = TAKES; manner <= ANSWERS; manner++) {
            const char *state = ignored[i].state;
            struct world world;
            int pings = 0;
            if (manner == ANSWERS && ignored[i].answer == JGI_MESSAGE_NONE) continue;
            world_init(&world, false);
            bring(&world, state);
            jgi_caller_wait(&world.caller, world.row, true, world.now_ns);
            int ms = ms_until_lost(&world, (enum manner)manner, ignored[i].answer, &pings);
            cr_expect_gt(pings, 50, "%s, %d: %d pings", state, manner, pings);
            if (manner == TAKES) {
                cr_expect(ms >= 10000 && ms < 10300, "%s: after %d ms", state, ms);
                cr_expect_str_eq(world.log, ignored[i].said, "%s", world.log);
                cr_expect_eq(world.peers[A].ignored, ignored[i].ignored, "%s", state);
                cr_expect_eq(world.caller.row_count, 0, "%s", state);
                (void)dial(&world, A);
                cr_expect_eq(world.peers[A].ignored, 0, "%s", state);
            } else {
                cr_expect_eq(ms, 0, "%s, %d: after %d ms", state, manner, ms);
            }
            world_fini(&world);
        }
    }
}

Test(caller, what_waits_for_no_answer_is_not_ignored)
{
    struct world world;
    int pings = 0;
    world_init(&world, false);
    bring(&world, "accepted");
    cr_expect_eq(ms_until_lost(&world, TAKES, JGI_MESSAGE_NONE, &pings), 0, "nobody waits for it");
    jgi_caller_wait(&world.caller, world.row, true, world.now_ns);
    cr_expect_geq(ms_until_lost(&world, TAKES, JGI_MESSAGE_NONE, &pings), 10000, "from now on");
    world_fini(&world);
}
