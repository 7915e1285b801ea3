/* SPDX-License-Identifier: MIT */
#include "world.h"

#include "heap.h"

#include <string.h>

static int execution; /* rows' user */

void world_fault(struct world *world, const char *fault)
{
    if (world->fault == NULL) world->fault = fault;
}

/* Frames. ----------------------------------------------------------------------------------- */

/* Two of the same are one: that a frame comes twice is an event of its own. */
static void frame_add(struct world *world, struct frame frame)
{
    if (world->wires[frame.link].is_cut) return;
    for (int i = 0; i < world->frame_count; i++)
        if (memcmp(&world->frames[i], &frame, sizeof frame) == 0) return;
    if (world->frame_count == FRAMES_MAX) {
        world_fault(world, "the bound of frames in flight was hit");
        return;
    }
    int at = world->frame_count++;
    for (; at > 0 && memcmp(&world->frames[at - 1], &frame, sizeof frame) > 0; at--)
        world->frames[at] = world->frames[at - 1];
    world->frames[at] = frame;
}

static void frame_remove(struct world *world, int index)
{
    world->frame_count--;
    memmove(&world->frames[index], &world->frames[index + 1],
            (size_t)(world->frame_count - index) * sizeof(struct frame));
    memset(&world->frames[world->frame_count], 0, sizeof(struct frame));
}

/* An end that is closed gets nothing any more. */
static void end_close(struct world *world, int index, bool is_node)
{
    struct wire *wire = &world->wires[index];
    if (is_node)
        wire->node_open = false;
    else
        wire->caller_open = false;
    wire->is_cut = true;
    for (int i = world->frame_count; i-- > 0;)
        if (world->frames[i].link == index && world->frames[i].to_node == is_node)
            frame_remove(world, i);
    if (!wire->node_open && !wire->caller_open) memset(wire, 0, sizeof *wire);
}

/* The caller's hooks. ----------------------------------------------------------------------- */

static int node_of(const struct world *world, const struct jgi_caller_peer *peer)
{
    return (int)(peer - world->peers);
}

/* Rule 2: a START that may have reached a node goes nowhere else unless it was refused. */
static void check_start(struct world *world, int node, uint64_t number)
{
    struct truth *truth = &world->truths[world->life][number];
    for (int other = 0; other < NODES; other++) {
        bool may_run = truth->session_of[other] != 0 && !truth->refused_by[other];
        if (other != node && may_run)
            world_fault(world, "rule 2: a START that may have reached a node went to another one");
    }
    uint8_t session = (uint8_t)world->peers[node].session, before = truth->session_of[node];
    if (before != 0 && before != session && !truth->refused_by[node])
        world_fault(world, "rule 1: what was started in another session was started again");
    truth->session_of[node] = session;
    if (before != session) truth->refused_by[node] = false;
}

static uint8_t floor_now(const struct world *world)
{
    const struct rules *rules = world->rules;
    return (uint8_t)(rules->floor == NULL ? jgi_caller_floor(&world->caller)
                                          : rules->floor(&world->caller));
}

static bool on_caller_send(void *user, struct jgi_caller_peer *peer, enum jgi_message_kind kind,
                           uint64_t number, struct jgi_caller_row *row)
{
    struct world *world = user;
    int node = node_of(world, peer);
    (void)row;
    if (kind == JGI_MESSAGE_START) check_start(world, node, number);
    frame_add(world, (struct frame){.link = (uint8_t)world->wire_of[node],
                                    .to_node = true,
                                    .kind = (uint8_t)kind,
                                    .number = (uint8_t)number,
                                    .floor = floor_now(world)});
    return true;
}

/* The router's choice is an event of its own. */
static void on_place(void *user, struct jgi_caller_row *row, const struct jgi_message *refusal)
{
    (void)user, (void)row, (void)refusal;
}

/* That may still run somewhere, as far as the caller can know. */
static bool may_run(const struct world *world, uint64_t number)
{
    const struct truth *truth = &world->truths[world->life][number];
    for (int node = 0; node < NODES; node++) {
        uint8_t session = truth->session_of[node];
        bool is_there = session != 0 && session == world->peers[node].session;
        if (is_there && !truth->refused_by[node]) return true;
    }
    return false;
}

/* One end of where it went was lost, or this is not the call's first number. */
static bool may_be_lost(const struct world *world, const struct jgi_caller_row *row)
{
    const struct truth *truth = &world->truths[world->life][row->by_number.key];
    for (int node = 0; node < NODES; node++)
        if (truth->session_of[node] != 0 && world->has_lost[node]) return true;
    return row->was_lost && world->is_idempotent;
}

static void on_ended(void *user, void *row_user, jg_status status, const struct jgi_message *result)
{
    struct world *world = user;
    struct call *call = row_user;
    if (++call->told > 1) world_fault(world, "rule 5: a get returned twice");
    if (status == JG_EUNSUITABLE && may_run(world, call->row->by_number.key))
        world_fault(world, "rule 2: taken for refused by all, though it may run");
    if (result != NULL && !world->truths[world->life][result->number].ended)
        world_fault(world, "rule 4: a result of what has not run to its end");
    if (result == NULL && status == JG_ENODE && !may_be_lost(world, call->row))
        world_fault(world, "an outcome was lost while both ends lived");
    call->row = NULL;
}

static void on_lost(void *user, struct jgi_caller_peer *peer)
{
    struct world *world = user;
    int node = node_of(world, peer);
    if (peer->state == JGI_PEER_READY || world->wire_of[node] < 0) return;
    end_close(world, world->wire_of[node], false);
    world->wire_of[node] = -1;
}

static const struct jgi_caller_hooks caller_hooks = {
    .send = on_caller_send, .place = on_place, .ended = on_ended, .lost = on_lost};

/* The nodes' hooks. ------------------------------------------------------------------------- */

static struct world *world_of(struct node *node)
{
    struct node *first = node - node->index;
    return JGI_OWNER(first, struct world, nodes);
}

static int wire_of(const struct world *world, const struct jgi_ledger_link *link)
{
    return (int)(JGI_OWNER(link, const struct wire, end) - world->wires);
}

static enum jgi_ledger_answer on_start(void *user, struct jgi_ledger_row *row,
                                       const struct jgi_message *message)
{
    struct world *world = world_of(user);
    (void)message;
    row->user = &execution;
    return world->answer;
}

static void on_node_send(void *user, struct jgi_ledger_link *link, enum jgi_message_kind kind,
                         uint64_t number, struct jgi_ledger_row *row)
{
    struct world *world = world_of(user);
    (void)row;
    frame_add(world, (struct frame){.link = (uint8_t)wire_of(world, link),
                                    .kind = (uint8_t)kind,
                                    .number = (uint8_t)number});
}

static void on_stop(void *user, struct jgi_ledger_row *row)
{
    (void)user, (void)row;
}

static void on_drop(void *user, struct jgi_ledger_row *row, bool is_firm)
{
    (void)user, (void)row, (void)is_firm;
}

static void on_close(void *user, struct jgi_ledger_link *link)
{
    struct world *world = world_of(user);
    if (!world->rules->ledger.takes_stale) end_close(world, wire_of(world, link), true);
}

static const struct jgi_ledger_hooks node_hooks = {
    .start = on_start, .send = on_node_send, .stop = on_stop, .drop = on_drop, .close = on_close};

/* Links. ------------------------------------------------------------------------------------ */

void world_cut(struct world *world, int wire)
{
    world->wires[wire].is_cut = true;
}

/* It breaks the protocol, or answers nothing: what is there is lost at once. */
void world_caller_cuts(struct world *world, int node)
{
    struct jgi_caller_peer *peer = &world->peers[node];
    world->has_lost[node] = true;
    jgi_caller_refused(&world->caller, peer, peer->dial_count, WORLD_NOW_NS);
}

void world_caller_notices(struct world *world, int index)
{
    struct wire *wire = &world->wires[index];
    struct jgi_caller_peer *peer = &world->peers[wire->node];
    uint32_t dial_count = wire->dial_count;
    if (world->wire_of[wire->node] == index) world->wire_of[wire->node] = -1;
    end_close(world, index, false);
    jgi_caller_closed(&world->caller, peer, dial_count, WORLD_NOW_NS);
}

void world_node_notices(struct world *world, int index)
{
    struct wire *wire = &world->wires[index];
    jgi_ledger_closed(&world->nodes[wire->node].ledger, &wire->end, false, WORLD_NOW_NS);
    end_close(world, index, true);
}

/* A dial of a node that is down is refused. */
void world_dial(struct world *world, int node)
{
    struct jgi_caller_peer *peer = &world->peers[node];
    struct jgi_message hello;
    int index = 0;
    if (world->wire_of[node] >= 0) end_close(world, world->wire_of[node], false);
    world->wire_of[node] = -1;
    jgi_caller_dial(&world->caller, peer, WORLD_NOW_NS, &hello);
    if (!world->nodes[node].is_up) {
        world->has_lost[node] = true;
        jgi_caller_refused(&world->caller, peer, peer->dial_count, WORLD_NOW_NS);
        return;
    }
    while (index < LINKS_MAX && world->wires[index].is_used)
        index++;
    if (index == LINKS_MAX) {
        world_fault(world, "the bound of links was hit");
        return;
    }
    world->wires[index] = (struct wire){.is_used = true,
                                        .caller_open = true,
                                        .node_open = true,
                                        .node = (uint8_t)node,
                                        .life = world->life,
                                        .dial_count = peer->dial_count};
    world->wire_of[node] = index;
    frame_add(world, (struct frame){.link = (uint8_t)index,
                                    .to_node = true,
                                    .kind = JGI_MESSAGE_HELLO,
                                    .floor = floor_now(world),
                                    .incarnation = (uint8_t)hello.incarnation,
                                    .session = (uint8_t)hello.session,
                                    .dial_count = (uint8_t)hello.dial_count});
}

static struct jgi_message message_of(const struct frame *frame)
{
    return (struct jgi_message){.kind = frame->kind,
                                .number = frame->number,
                                .floor = frame->floor,
                                .incarnation = frame->incarnation,
                                .session = frame->session,
                                .dial_count = frame->dial_count};
}

static void node_greets(struct world *world, const struct frame *frame)
{
    struct wire *wire = &world->wires[frame->link];
    struct jgi_ledger *ledger = &world->nodes[wire->node].ledger;
    struct jgi_message hello = message_of(frame), answer;
    uint64_t session = world->sessions + 1u;
    if (jgi_ledger_hello(ledger, &wire->end, &hello, session, &answer) == JGI_LEDGER_REFUSE_LINK) {
        end_close(world, frame->link, true);
        return;
    }
    if (answer.session == session) world->sessions++;
    frame_add(world, (struct frame){.link = frame->link,
                                    .kind = JGI_MESSAGE_HELLO,
                                    .incarnation = (uint8_t)answer.incarnation,
                                    .session = (uint8_t)answer.session});
    jgi_ledger_resume(ledger, &wire->end, WORLD_NOW_NS);
}

static void to_node(struct world *world, const struct frame *frame)
{
    struct wire *wire = &world->wires[frame->link];
    struct jgi_message message = message_of(frame);
    if (frame->kind == JGI_MESSAGE_HELLO)
        node_greets(world, frame);
    else
        (void)jgi_ledger_frame(&world->nodes[wire->node].ledger, &wire->end, &message,
                               WORLD_NOW_NS);
}

static void to_caller(struct world *world, const struct frame *frame)
{
    struct wire *wire = &world->wires[frame->link];
    struct jgi_caller_peer *peer = &world->peers[wire->node];
    struct jgi_message message = message_of(frame);
    if (frame->kind == JGI_MESSAGE_HELLO) {
        if (!jgi_caller_hello(&world->caller, peer, wire->dial_count, &message, WORLD_NOW_NS))
            world_caller_notices(world, frame->link);
        return;
    }
    if (frame->kind == JGI_MESSAGE_REFUSED) {
        struct jgi_caller_row *row =
            jgi_caller_find(&world->caller, peer, wire->dial_count, frame->number);
        if (row != NULL && row->state == JGI_CALL_ACCEPTED)
            world_fault(world, "a node refuses what it had accepted: the router cuts it off");
        world->truths[world->life][frame->number].refused_by[wire->node] = true;
    }
    (void)jgi_caller_frame(&world->caller, peer, wire->dial_count, &message, WORLD_NOW_NS);
}

void world_deliver(struct world *world, int index, bool is_kept, enum jgi_ledger_answer answer)
{
    struct frame frame = world->frames[index];
    if (!is_kept) frame_remove(world, index);
    world->answer = answer;
    if (frame.to_node)
        to_node(world, &frame);
    else
        to_caller(world, &frame);
    world->answer = JGI_LEDGER_ACCEPT;
}

void world_lose(struct world *world, int index)
{
    frame_remove(world, index);
}

/* Crashes and starts. ----------------------------------------------------------------------- */

void world_node_crashes(struct world *world, int node)
{
    jgi_ledger_fini(&world->nodes[node].ledger);
    world->nodes[node].is_up = false;
    world->has_lost[node] = true;
    for (int i = 0; i < LINKS_MAX; i++) {
        struct wire *wire = &world->wires[i];
        if (wire->is_used && wire->node == node && wire->node_open) end_close(world, i, true);
    }
}

void world_node_starts(struct world *world, int node)
{
    struct node *one = &world->nodes[node];
    one->index = (uint8_t)node;
    one->is_up = true;
    jgi_ledger_init(&one->ledger, 100u + 10u * (unsigned)node + one->lives++, &node_hooks, one);
    one->ledger.rules = &world->rules->ledger;
}

static void caller_starts(struct world *world)
{
    jgi_caller_init(&world->caller, 200u + world->life, &caller_hooks, world);
    world->caller.rules = &world->rules->caller;
    for (int i = 0; i < NODES; i++) {
        (void)jgi_caller_add_peer(&world->caller, &world->peers[i], NULL);
        world->wire_of[i] = -1;
    }
}

void world_caller_crashes(struct world *world)
{
    jgi_caller_fini(&world->caller);
    for (int i = 0; i < CALLS_MAX; i++) {
        world->calls[i].row = NULL;
        world->calls[i].is_forgotten = i < world->opened;
    }
    for (int i = 0; i < LINKS_MAX; i++)
        if (world->wires[i].is_used && world->wires[i].caller_open) end_close(world, i, false);
    world->life++;
    caller_starts(world);
}

/* Calls and executions. --------------------------------------------------------------------- */

void world_open(struct world *world)
{
    struct call *call = &world->calls[world->opened++];
    struct jgi_call_intervals intervals = {100, 100, 100};
    call->row = jgi_caller_open(&world->caller, intervals, world->is_idempotent, call);
    if (call->row == NULL || call->row->by_number.key >= NUMBERS_MAX) {
        world_fault(world, "the bound of numbers was hit");
        return;
    }
    jgi_caller_wait(&world->caller, call->row, true, WORLD_NOW_NS);
}

void world_place(struct world *world, struct jgi_caller_row *row, int node)
{
    jgi_caller_place(&world->caller, row, &world->peers[node], WORLD_NOW_NS);
}

struct jgi_caller_row *world_new_row(const struct world *world, int call)
{
    struct jgi_caller_row *row = world->calls[call].row;
    return row != NULL && row->state == JGI_CALL_NEW ? row : NULL;
}

static struct truth *truth_of(struct world *world, const struct jgi_ledger_row *row)
{
    uint64_t life = row->caller->by_incarnation.key - 200;
    return &world->truths[life][row->by_number.key];
}

/* Of numbers that are over, in a session that goes on, nothing may begin. */
static bool is_over(const struct world *world, int node, const struct jgi_ledger_row *row)
{
    bool is_same_life = row->caller->by_incarnation.key == 200u + world->life;
    bool is_same_session = row->caller->session == world->peers[node].session;
    bool is_known = jgi_table_find(&world->caller.rows, row->by_number.key) != NULL;
    return is_same_life && is_same_session && !is_known;
}

void world_begin(struct world *world, int node, struct jgi_ledger_row *row)
{
    if (is_over(world, node, row)) world_fault(world, "a number began that was over");
    if (++truth_of(world, row)->begun > 1) world_fault(world, "rule 1: a number ran twice");
    jgi_ledger_began(row);
}

/* Of one in the queue: it was stopped before it began. */
void world_end(struct world *world, struct jgi_ledger *ledger, struct jgi_ledger_row *row)
{
    if (row->state == JGI_LEDGER_RUNNING) truth_of(world, row)->ended = true;
    jgi_ledger_ended(ledger, row, WORLD_NOW_NS);
}

void world_caller_timer(struct world *world, struct jgi_timers *timers, size_t index, bool is_loss)
{
    struct jgi_timer *timer = timers->heap[index];
    if (is_loss)
        world->has_lost[node_of(world, JGI_OWNER(timer, struct jgi_caller_peer, lost))] = true;
    (void)jgi_timer_set(timers, timer, 1);
    jgi_caller_tick(&world->caller, WORLD_NOW_NS);
}

void world_node_timer(struct world *world, int node, struct jgi_timers *timers, size_t index,
                      bool is_loss)
{
    if (is_loss) world->has_lost[node] = true;
    (void)jgi_timer_set(timers, timers->heap[index], 1);
    jgi_ledger_tick(&world->nodes[node].ledger, WORLD_NOW_NS);
}

struct jgi_ledger_row *world_row(const struct jgi_ledger *ledger, size_t index)
{
    for (uint64_t life = 0; life < LIVES_MAX; life++) {
        struct jgi_table_link *found = jgi_table_find(&ledger->callers, 200 + life);
        if (found == NULL) continue;
        struct jgi_ledger_caller *caller =
            JGI_OWNER(found, struct jgi_ledger_caller, by_incarnation);
        for (struct jgi_link *at = caller->in_order.next; at != &caller->in_order; at = at->next)
            if (index-- == 0) return JGI_OWNER(at, struct jgi_ledger_row, in_order);
    }
    return NULL;
}

/* The start, and the state in bytes. -------------------------------------------------------- */

struct world *world_start(const struct config *config, const struct rules *rules)
{
    struct world *world = heap_start(sizeof *world);
    world->rules = rules;
    world->left = config->budget;
    world->is_idempotent = config->is_idempotent;
    world->node_count = config->is_one_node ? 1 : NODES;
    caller_starts(world);
    for (int i = 0; i < NODES; i++) {
        world_node_starts(world, i);
        world_dial(world, i);
    }
    while (world->frame_count > 0)
        world_deliver(world, 0, false, JGI_LEDGER_ACCEPT);
    return world;
}

struct out {
    uint8_t *bytes;
    size_t size;
};

static void put(struct out *out, uint64_t byte)
{
    out->bytes[out->size++] = (uint8_t)byte;
}

/* Up to eight claims in one byte. */
static void put_flags(struct out *out, const bool *flags, size_t count)
{
    uint8_t byte = 0;
    for (size_t i = 0; i < count; i++)
        byte = (uint8_t)(byte << 1 | flags[i]);
    put(out, byte);
}

#define PUT_FLAGS(out, ...)                                                                        \
    put_flags(out, (const bool[]){__VA_ARGS__}, sizeof((const bool[]){__VA_ARGS__}))

static void put_bytes(struct out *out, const void *bytes, size_t size)
{
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static int call_of(const struct world *world, const struct jgi_caller_row *row)
{
    const struct call *call = row->user;
    return call == NULL ? 99 : (int)(call - world->calls);
}

static void put_notes(struct out *out, const struct world *world, const struct jgi_caller_row *row)
{
    for (struct jgi_link *at = row->notes.next; at != &row->notes; at = at->next) {
        const struct jgi_caller_note *note = JGI_OWNER(at, const struct jgi_caller_note, in_row);
        put(out, (unsigned)node_of(world, note->peer));
        PUT_FLAGS(out, note->is_confirmed, note->timer.place != 0);
    }
    put(out, 255);
}

static void put_caller(struct out *out, const struct world *world)
{
    const struct jgi_caller *caller = &world->caller;
    put(out, caller->incarnation);
    put(out, caller->next_number);
    for (struct jgi_link *at = caller->order.next; at != &caller->order; at = at->next) {
        const struct jgi_caller_row *row = JGI_OWNER(at, const struct jgi_caller_row, in_order);
        put(out, row->by_number.key);
        put(out, row->state);
        put(out, row->holder == NULL ? 99u : (unsigned)node_of(world, row->holder));
        put(out, (unsigned)call_of(world, row));
        PUT_FLAGS(out, row->was_lost, row->timer.place != 0);
        put_notes(out, world, row);
    }
    for (int i = 0; i < NODES; i++) {
        const struct jgi_caller_peer *peer = &world->peers[i];
        put(out, peer->state);
        put(out, peer->incarnation);
        put(out, peer->session);
        put(out, peer->dial_count);
        put(out, peer->lost.place != 0);
        put(out, (unsigned)world->wire_of[i]);
    }
}

static void put_ledger(struct out *out, const struct world *world, const struct node *node)
{
    const struct jgi_ledger *ledger = &node->ledger;
    put(out, node->lives);
    put(out, node->is_up);
    for (uint64_t life = 0; life < LIVES_MAX; life++) {
        struct jgi_table_link *found = jgi_table_find(&ledger->callers, 200 + life);
        put(out, found != NULL);
        if (found == NULL) continue;
        const struct jgi_ledger_caller *caller =
            JGI_OWNER(found, const struct jgi_ledger_caller, by_incarnation);
        put(out, caller->session);
        put(out, caller->dial_count);
        put(out, caller->floor);
        put(out, caller->link == NULL ? 99u : (unsigned)wire_of(world, caller->link));
        for (uint64_t number = caller->floor; number < NUMBERS_MAX; number++)
            put(out, jgi_notes_has(&caller->notes, number));
        for (uint64_t number = 1; number < NUMBERS_MAX; number++) {
            struct jgi_table_link *link = jgi_table_find(&caller->rows, number);
            put(out, link != NULL);
            if (link == NULL) continue;
            const struct jgi_ledger_row *row =
                JGI_OWNER(link, const struct jgi_ledger_row, by_number);
            put(out, row->state);
            PUT_FLAGS(out, row->is_refused, row->is_stopping, row->user != NULL,
                      row->timer.place != 0);
        }
    }
}

size_t world_write(const struct world *world, uint8_t *bytes)
{
    struct out out = {.bytes = bytes};
    put_caller(&out, world);
    for (int i = 0; i < NODES; i++)
        put_ledger(&out, world, &world->nodes[i]);
    for (int i = 0; i < LINKS_MAX; i++) {
        const struct wire *wire = &world->wires[i];
        PUT_FLAGS(&out, wire->is_used, wire->is_cut, wire->caller_open, wire->node_open,
                  wire->end.incarnation != 0);
        put(&out, wire->node);
        put(&out, wire->life);
        put(&out, wire->dial_count);
        put(&out, wire->end.session);
    }
    put(&out, world->frame_count);
    put_bytes(&out, world->frames, world->frame_count * sizeof(struct frame));
    put(&out, world->sessions);
    put(&out, world->opened);
    put_bytes(&out, world->has_lost, sizeof world->has_lost);
    for (int i = 0; i < CALLS_MAX; i++) {
        const struct call *call = &world->calls[i];
        put(&out, call->told);
        PUT_FLAGS(&out, call->is_forgotten, call->row != NULL);
    }
    put_bytes(&out, world->truths, sizeof world->truths);
    put_bytes(&out, &world->left, sizeof world->left);
    return out.size;
}
