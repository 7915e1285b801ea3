/* SPDX-License-Identifier: MIT */
/* One caller, two nodes, what is in flight between them, and what must never happen. */
#ifndef JOBGEN_TESTS_MODEL_WORLD_H
#define JOBGEN_TESTS_MODEL_WORLD_H

#include "client/caller.h"
#include "node/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NODES = 2,
    CALLS_MAX = 3,
    NUMBERS_MAX = 8,
    LIVES_MAX = 3, /* of the caller: it may crash and come again */
    LINKS_MAX = 10,
    FRAMES_MAX = 40
};

/* How often each thing may still happen. */
struct budget {
    uint8_t calls, lost, repeated, timers, cuts, crashes, caller_crashes, refusals, needs, stops,
        forgets;
};

/* A world's rules: the product's, or with a bug planted. */
struct rules {
    const char *name;
    struct jgi_caller_rules caller;
    struct jgi_ledger_rules ledger;
    /* The floor that frames carry; NULL: the caller's. */
    uint64_t (*floor)(const struct jgi_caller *caller);
};

struct config {
    const char *name;
    struct budget budget;
    bool is_idempotent;
    bool is_one_node; /* the other one is never chosen, nor fails */
    bool is_large;    /* many states: not for slow builds */
};

struct frame {
    uint8_t link, to_node, kind, number, floor;
    uint8_t incarnation, session, dial_count; /* of HELLO */
};

/* One connection, from its dial until both ends have closed it. */
struct wire {
    bool is_used, is_cut;
    bool caller_open, node_open;
    uint8_t node, life;
    uint32_t dial_count;
    struct jgi_ledger_link end;
};

/* What really happened to a number. */
struct truth {
    uint8_t begun, ended;
    uint8_t session_of[NODES]; /* in which START was sent; 0: never */
    bool refused_by[NODES];    /* and the caller knows */
};

struct call {
    struct jgi_caller_row *row; /* NULL: over for the user, or not begun */
    uint8_t told;
    bool is_forgotten; /* or its caller died */
};

struct node {
    struct jgi_ledger ledger;
    uint8_t index, lives;
    bool is_up;
};

struct world {
    const struct rules *rules;
    struct jgi_caller caller;
    struct jgi_caller_peer peers[NODES];
    int wire_of[NODES]; /* of the newest dial; -1: none */
    struct node nodes[NODES];
    struct wire wires[LINKS_MAX];
    struct frame frames[FRAMES_MAX];
    uint8_t frame_count;
    uint8_t life, sessions; /* of the caller; given so far */
    uint8_t opened;         /* calls */
    bool is_idempotent;
    int node_count;       /* that anything happens to */
    bool has_lost[NODES]; /* it crashed, or one end gave the other up: outcomes may be lost */
    struct call calls[CALLS_MAX];
    struct truth truths[LIVES_MAX][NUMBERS_MAX];
    struct budget left;
    enum jgi_ledger_answer answer; /* to the START that is being delivered */
    const char *fault;             /* NULL: none yet */
};

/* Now, always: what is due is made due by hand. */
#define WORLD_NOW_NS (UINT64_C(1000000) * 1000000)

/* Both nodes are linked and nothing is called yet. Inside of a fresh heap. */
struct world *world_start(const struct config *config, const struct rules *rules);

/* The state in bytes, the same for states that behave the same; returns how many. */
size_t world_write(const struct world *world, uint8_t *out);

/* The parts of what may happen, each without a look at the budget. */
void world_fault(struct world *world, const char *fault);
void world_open(struct world *world);
void world_place(struct world *world, struct jgi_caller_row *row, int node);
void world_deliver(struct world *world, int frame, bool is_kept, enum jgi_ledger_answer answer);
void world_lose(struct world *world, int frame);
void world_cut(struct world *world, int wire);
void world_dial(struct world *world, int node);
void world_caller_cuts(struct world *world, int node);
void world_caller_notices(struct world *world, int wire);
void world_node_notices(struct world *world, int wire);
void world_node_crashes(struct world *world, int node);
void world_node_starts(struct world *world, int node);
void world_caller_crashes(struct world *world);
void world_begin(struct world *world, int node, struct jgi_ledger_row *row);
void world_end(struct world *world, struct jgi_ledger *ledger, struct jgi_ledger_row *row);

/* Makes one timer due, now; `is_loss`: it declares someone lost. */
void world_caller_timer(struct world *world, struct jgi_timers *timers, size_t index, bool is_loss);
void world_node_timer(struct world *world, int node, struct jgi_timers *timers, size_t index,
                      bool is_loss);

/* For each row of each caller of a node, by caller and age. NULL: no more. */
struct jgi_ledger_row *world_row(const struct jgi_ledger *ledger, size_t index);

/* The row of a call that waits for a node: NULL: it does not. */
struct jgi_caller_row *world_new_row(const struct world *world, int call);

#endif
