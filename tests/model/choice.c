/* SPDX-License-Identifier: MIT */
#include "choice.h"

#include <stdio.h>

enum kind {
    OPEN,
    PLACE,
    FAIL,
    STOP,
    FORGET,
    DELIVER,
    REPEAT,
    LOSE,
    BEGIN,
    END,
    SHIPPED,
    ROW_TIMER,
    NOTE_TIMER,
    NODE_TIMER,
    CUT,
    CALLER_CUTS,
    CALLER_NOTICES,
    NODE_NOTICES,
    DIAL,
    CALLER_GIVES_UP,
    NODE_GIVES_UP,
    NODE_CRASH,
    NODE_START,
    CALLER_CRASH
};

struct list {
    struct choice *choices;
    size_t count;
};

static void add(struct list *list, enum kind kind, int node, size_t index, int answer)
{
    if (list->count == CHOICES_MAX) return;
    list->choices[list->count++] = (struct choice){.kind = (uint8_t)kind,
                                                   .node = (uint8_t)node,
                                                   .index = (uint8_t)index,
                                                   .answer = (uint8_t)answer};
}

/* Calls. Both nodes are alike in the beginning, so the first call goes to the first. */
static void list_calls(struct list *list, const struct world *world)
{
    if (world->opened < world->left.calls) add(list, OPEN, 0, 0, 0);
    for (int i = 0; i < world->opened; i++) {
        struct jgi_caller_row *row = world->calls[i].row;
        if (row == NULL) continue;
        if (world->left.stops > 0) add(list, STOP, 0, (size_t)i, 0);
        if (world->left.forgets > 0) add(list, FORGET, 0, (size_t)i, 0);
        if (row->state == JGI_CALL_NEEDED) add(list, SHIPPED, 0, (size_t)i, 0);
        if (row->state != JGI_CALL_NEW) continue;
        bool is_refused = !jgi_list_is_empty(&row->notes);
        if (is_refused) add(list, FAIL, 0, (size_t)i, 0);
        for (int node = 0; node < world->node_count; node++)
            if (jgi_caller_may_place(row, &world->peers[node]))
                add(list, PLACE, node, (size_t)i, 0);
    }
}

static void list_frames(struct list *list, const struct world *world)
{
    for (size_t i = 0; i < world->frame_count; i++) {
        bool is_start = world->frames[i].kind == JGI_MESSAGE_START;
        bool is_hello = world->frames[i].kind == JGI_MESSAGE_HELLO;
        for (int answer = 0; answer < JGI_LEDGER_ANSWER_COUNT; answer++) {
            if (answer != JGI_LEDGER_ACCEPT && !is_start) continue;
            if (answer == JGI_LEDGER_NEED && world->left.needs == 0) continue;
            if (answer == JGI_LEDGER_REFUSE && world->left.refusals == 0) continue;
            add(list, DELIVER, 0, i, answer);
            if (world->left.repeated > 0 && !is_hello) add(list, REPEAT, 0, i, answer);
        }
        if (world->left.lost > 0 && !is_hello) add(list, LOSE, 0, i, 0);
    }
}

static void list_rows(struct list *list, const struct world *world, int node)
{
    const struct jgi_ledger *ledger = &world->nodes[node].ledger;
    struct jgi_ledger_row *row;
    for (size_t i = 0; (row = world_row(ledger, i)) != NULL; i++) {
        bool is_queued = row->state == JGI_LEDGER_QUEUED,
             is_running = row->state == JGI_LEDGER_RUNNING;
        if (is_queued && !row->is_stopping) add(list, BEGIN, node, i, 0);
        if (is_running || (is_queued && row->is_stopping)) add(list, END, node, i, 0);
    }
}

static void list_timers(struct list *list, const struct world *world)
{
    if (world->left.timers > 0) {
        for (size_t i = 0; i < world->caller.row_timers.count; i++)
            add(list, ROW_TIMER, 0, i, 0);
        for (size_t i = 0; i < world->caller.note_timers.count; i++)
            add(list, NOTE_TIMER, 0, i, 0);
    }
    for (size_t i = 0; i < world->caller.peer_timers.count; i++)
        add(list, CALLER_GIVES_UP, 0, i, 0);
    for (int node = 0; node < NODES; node++) {
        const struct jgi_ledger *ledger = &world->nodes[node].ledger;
        for (size_t i = 0; world->left.timers > 0 && i < ledger->row_timers.count; i++)
            add(list, NODE_TIMER, node, i, 0);
        for (size_t i = 0; i < ledger->caller_timers.count; i++)
            add(list, NODE_GIVES_UP, node, i, 0);
    }
}

static void list_links(struct list *list, const struct world *world)
{
    for (size_t i = 0; i < LINKS_MAX; i++) {
        const struct wire *wire = &world->wires[i];
        if (!wire->is_used) continue;
        bool may_fail = wire->node < world->node_count;
        if (!wire->is_cut && may_fail && world->left.cuts > 0) add(list, CUT, 0, i, 0);
        if (wire->is_cut && wire->caller_open) add(list, CALLER_NOTICES, 0, i, 0);
        if (wire->is_cut && wire->node_open) add(list, NODE_NOTICES, 0, i, 0);
    }
    for (int node = 0; node < NODES; node++) {
        bool is_new = world->nodes[node].is_up || world->peers[node].session != 0;
        bool may_fail = node < world->node_count;
        if (world->wire_of[node] < 0 && is_new) add(list, DIAL, node, 0, 0);
        if (world->peers[node].state == JGI_PEER_READY && may_fail && world->left.cuts > 0)
            add(list, CALLER_CUTS, node, 0, 0);
        if (!world->nodes[node].is_up) add(list, NODE_START, node, 0, 0);
        if (world->nodes[node].is_up && may_fail && world->left.crashes > 0)
            add(list, NODE_CRASH, node, 0, 0);
    }
    if (world->left.caller_crashes > 0) add(list, CALLER_CRASH, 0, 0, 0);
}

size_t choice_list(const struct world *world, struct choice *choices)
{
    struct list list = {.choices = choices};
    list_calls(&list, world);
    list_frames(&list, world);
    for (int node = 0; node < NODES; node++)
        if (world->nodes[node].is_up) list_rows(&list, world, node);
    list_timers(&list, world);
    list_links(&list, world);
    return list.count;
}

/* Applying. --------------------------------------------------------------------------------- */

static void give_up(struct world *world, int call)
{
    struct jgi_caller_row *row = world->calls[call].row;
    world->calls[call].row = NULL;
    world->calls[call].is_forgotten = true;
    jgi_caller_forget(&world->caller, row, WORLD_NOW_NS);
}

static void apply_call(struct world *world, struct choice choice)
{
    struct jgi_caller_row *row = world->calls[choice.index].row;
    switch (choice.kind) {
    case OPEN:
        world_open(world);
        break;
    case PLACE:
        world_place(world, row, choice.node);
        break;
    case FAIL:
        jgi_caller_fail(&world->caller, row, JG_EUNSUITABLE, WORLD_NOW_NS);
        break;
    case STOP:
        world->left.stops--;
        jgi_caller_stop(&world->caller, row, JG_ECANCELLED, WORLD_NOW_NS);
        break;
    case FORGET:
        world->left.forgets--;
        give_up(world, choice.index);
        break;
    case SHIPPED:
        jgi_caller_shipped(&world->caller, row, WORLD_NOW_NS);
        break;
    default:
        break;
    }
}

static void apply_frame(struct world *world, struct choice choice)
{
    if (choice.answer == JGI_LEDGER_NEED) world->left.needs--;
    if (choice.answer == JGI_LEDGER_REFUSE) world->left.refusals--;
    if (choice.kind == REPEAT) world->left.repeated--;
    if (choice.kind == LOSE) world->left.lost--;
    if (choice.kind == LOSE)
        world_lose(world, choice.index);
    else
        world_deliver(world, choice.index, choice.kind == REPEAT, choice.answer);
}

static void apply_node(struct world *world, struct choice choice)
{
    struct jgi_ledger *ledger = &world->nodes[choice.node].ledger;
    switch (choice.kind) {
    case BEGIN:
        world_begin(world, choice.node, world_row(ledger, choice.index));
        break;
    case END:
        world_end(world, ledger, world_row(ledger, choice.index));
        break;
    case NODE_TIMER:
        world->left.timers--;
        world_node_timer(world, choice.node, &ledger->row_timers, choice.index, false);
        break;
    case NODE_GIVES_UP:
        world_node_timer(world, choice.node, &ledger->caller_timers, choice.index, true);
        break;
    case NODE_CRASH:
        world->left.crashes--;
        world_node_crashes(world, choice.node);
        break;
    case NODE_START:
        world_node_starts(world, choice.node);
        break;
    default:
        break;
    }
}

static void apply_link(struct world *world, struct choice choice)
{
    switch (choice.kind) {
    case ROW_TIMER:
        world->left.timers--;
        world_caller_timer(world, &world->caller.row_timers, choice.index, false);
        break;
    case NOTE_TIMER:
        world->left.timers--;
        world_caller_timer(world, &world->caller.note_timers, choice.index, false);
        break;
    case CALLER_GIVES_UP:
        world_caller_timer(world, &world->caller.peer_timers, choice.index, true);
        break;
    case CUT:
        world->left.cuts--;
        world_cut(world, choice.index);
        break;
    case CALLER_CUTS:
        world->left.cuts--;
        world_caller_cuts(world, choice.node);
        break;
    case CALLER_NOTICES:
        world_caller_notices(world, choice.index);
        break;
    case NODE_NOTICES:
        world_node_notices(world, choice.index);
        break;
    case DIAL:
        world_dial(world, choice.node);
        break;
    case CALLER_CRASH:
        world->left.caller_crashes--;
        world_caller_crashes(world);
        break;
    default:
        break;
    }
}

void choice_apply(struct world *world, struct choice choice)
{
    switch (choice.kind) {
    case OPEN:
    case PLACE:
    case FAIL:
    case STOP:
    case FORGET:
    case SHIPPED:
        apply_call(world, choice);
        break;
    case DELIVER:
    case REPEAT:
    case LOSE:
        apply_frame(world, choice);
        break;
    case BEGIN:
    case END:
    case NODE_TIMER:
    case NODE_GIVES_UP:
    case NODE_CRASH:
    case NODE_START:
        apply_node(world, choice);
        break;
    default:
        apply_link(world, choice);
    }
}

/* In words. --------------------------------------------------------------------------------- */

static const char *kind_name(int kind)
{
    static const char *const names[JGI_MESSAGE_KIND_COUNT] = {
        [JGI_MESSAGE_HELLO] = "HELLO",       [JGI_MESSAGE_PING] = "PING",
        [JGI_MESSAGE_START] = "START",       [JGI_MESSAGE_ASK] = "ASK",
        [JGI_MESSAGE_CANCEL] = "CANCEL",     [JGI_MESSAGE_RELEASE] = "RELEASE",
        [JGI_MESSAGE_ACCEPTED] = "ACCEPTED", [JGI_MESSAGE_NEED] = "NEED",
        [JGI_MESSAGE_REFUSED] = "REFUSED",   [JGI_MESSAGE_RUNNING] = "RUNNING",
        [JGI_MESSAGE_RESULT] = "RESULT",     [JGI_MESSAGE_UNKNOWN] = "UNKNOWN",
        [JGI_MESSAGE_RELEASED] = "RELEASED"};
    return names[kind];
}

static void describe_frame(const struct world *world, struct choice choice, char *out, size_t size)
{
    static const char *const verbs[] = {
        [DELIVER] = "arrives", [REPEAT] = "arrives, and will again", [LOSE] = "is lost"};
    static const char *const answers[] = {"", " (needs pieces)", " (refuses)"};
    const struct frame *frame = &world->frames[choice.index];
    const struct wire *wire = &world->wires[frame->link];
    bool is_hello = frame->kind == JGI_MESSAGE_HELLO;
    (void)snprintf(out, size, "%s %d %s %c, link %u, %s%s", kind_name(frame->kind),
                   is_hello ? frame->session : frame->number, frame->to_node ? "to" : "from",
                   'a' + wire->node, (unsigned)wire->dial_count, verbs[choice.kind],
                   answers[choice.answer]);
}

void choice_describe(const struct world *world, struct choice choice, char *out, size_t size)
{
    static const char *const texts[] = {[OPEN] = "a call begins",
                                        [PLACE] = "the router sends it",
                                        [FAIL] = "the router gives up",
                                        [STOP] = "the user stops it",
                                        [FORGET] = "the user forgets it",
                                        [BEGIN] = "the job begins",
                                        [END] = "the job ends",
                                        [SHIPPED] = "its pieces are there",
                                        [ROW_TIMER] = "the caller's interval passes",
                                        [NOTE_TIMER] = "the interval of a RELEASE passes",
                                        [NODE_TIMER] = "the node's interval passes",
                                        [CUT] = "a link is cut",
                                        [CALLER_CUTS] =
                                            "the caller cuts off a node that breaks the protocol",
                                        [CALLER_NOTICES] = "the caller notices the link's end",
                                        [NODE_NOTICES] = "the node notices the link's end",
                                        [DIAL] = "the caller dials",
                                        [CALLER_GIVES_UP] = "the caller declares a node lost",
                                        [NODE_GIVES_UP] = "the node declares the caller lost",
                                        [NODE_CRASH] = "the node crashes",
                                        [NODE_START] = "the node starts again",
                                        [CALLER_CRASH] = "the caller crashes and starts again"};
    bool is_frame = choice.kind == DELIVER || choice.kind == REPEAT || choice.kind == LOSE;
    if (is_frame)
        describe_frame(world, choice, out, size);
    else
        (void)snprintf(out, size, "%s (node %c, item %d)", texts[choice.kind], 'a' + choice.node,
                       choice.index);
}

/* Rest. ------------------------------------------------------------------------------------- */

enum { ROUNDS_MAX = 40 };

/* Whatever is there to be done at the ends of links. */
static void rest_links(struct world *world)
{
    for (int i = 0; i < LINKS_MAX; i++) {
        struct wire *wire = &world->wires[i];
        if (wire->is_used && wire->is_cut && wire->node_open) world_node_notices(world, i);
        if (wire->is_used && wire->is_cut && wire->caller_open) world_caller_notices(world, i);
    }
    for (int node = 0; node < NODES; node++) {
        if (!world->nodes[node].is_up) world_node_starts(world, node);
        if (world->wire_of[node] < 0) world_dial(world, node);
    }
}

static void rest_frames(struct world *world, bool is_told)
{
    for (int i = 0; i < 200 && world->frame_count > 0 && world->fault == NULL; i++) {
        char text[200];
        describe_frame(world, (struct choice){.kind = DELIVER}, text, sizeof text);
        if (is_told) (void)printf("#      %s\n", text);
        world_deliver(world, 0, false, JGI_LEDGER_ACCEPT);
    }
}

static void rest_node(struct world *world, int node)
{
    struct jgi_ledger *ledger = &world->nodes[node].ledger;
    struct jgi_ledger_row *row;
    for (size_t i = 0; (row = world_row(ledger, i)) != NULL; i++) {
        if (row->state == JGI_LEDGER_QUEUED && !row->is_stopping) world_begin(world, node, row);
        if (row->state != JGI_LEDGER_ENDED) world_end(world, ledger, row);
    }
}

static void rest_call(struct world *world, int call)
{
    struct jgi_caller_row *row = world_new_row(world, call);
    if (row == NULL) return;
    for (int node = 0; node < NODES; node++) {
        if (!jgi_caller_may_place(row, &world->peers[node])) continue;
        world_place(world, row, node);
        return;
    }
    jgi_caller_fail(&world->caller, row, JG_ENONODES, WORLD_NOW_NS);
}

/* Every interval passes once; callers that are no more are declared lost. */
static void rest_timers(struct world *world, int round)
{
    uint64_t later_ns = WORLD_NOW_NS + (uint64_t)(round + 1) * 200 * 1000000;
    jgi_caller_tick(&world->caller, later_ns);
    for (int node = 0; node < NODES; node++) {
        struct jgi_ledger *ledger = &world->nodes[node].ledger;
        while (ledger->caller_timers.count > 0)
            world_node_timer(world, node, &ledger->caller_timers, 0, true);
        jgi_ledger_tick(ledger, later_ns);
    }
}

static bool is_quiet(const struct world *world)
{
    bool is_active = world->frame_count > 0 || world->caller.rows.count > 0;
    for (int node = 0; node < NODES; node++) {
        is_active = is_active || world->nodes[node].ledger.row_count > 0;
        is_active = is_active || world->peers[node].state != JGI_PEER_READY;
        is_active = is_active || world->nodes[node].ledger.caller_count != 1;
    }
    return !is_active;
}

static void check_ends(struct world *world)
{
    for (int i = 0; i < world->opened; i++) {
        const struct call *call = &world->calls[i];
        if (call->told == 0 && !call->is_forgotten)
            world_fault(world, "rule 4: a call has not ended");
    }
    if (world->caller.rows.count > 0 || world->caller.note_count > 0)
        world_fault(world, "the caller has kept a row or a note");
    if (jgi_caller_floor(&world->caller) != world->caller.next_number)
        world_fault(world, "the floor has not risen");
    for (int node = 0; node < NODES; node++) {
        if (world->nodes[node].ledger.row_count > 0) world_fault(world, "a node has kept a row");
        if (world->nodes[node].ledger.caller_count > 1)
            world_fault(world, "a node has kept a caller that is no more");
    }
}

void world_rest(struct world *world, bool is_told)
{
    for (int round = 0; round < ROUNDS_MAX && world->fault == NULL && !is_quiet(world); round++) {
        if (is_told && round > 4) (void)printf("#      and so on\n");
        is_told = is_told && round <= 4;
        rest_links(world);
        rest_frames(world, is_told);
        for (int i = 0; i < world->opened; i++)
            rest_call(world, i);
        rest_frames(world, is_told);
        for (int node = 0; node < NODES; node++)
            rest_node(world, node);
        rest_frames(world, is_told);
        if (!is_quiet(world)) rest_timers(world, round);
    }
    check_ends(world);
}
