/* SPDX-License-Identifier: MIT */
/* The caller's side of calls on nodes: numbers, sessions, and what each frame means in each state.
 *
 * Pure: no I/O, no threads, no clock. Frames and moments come in as arguments, frames and outcomes
 * go out by hooks. Every function is called under the owner's lock. docs/design.md has the tables
 * in words. */
#ifndef JOBGEN_CLIENT_CALLER_H
#define JOBGEN_CLIENT_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include <jobgen/status.h>
#include <jobgen/stub.h>

#include "../base/list.h"
#include "../base/table.h"
#include "../base/timer.h"
#include "../wire/message.h"

/* Of a row: one number of this caller. */
enum jgi_call_state {
    JGI_CALL_STAY,       /* none: in a move, the state stays as it is */
    JGI_CALL_NEW,        /* on no node: the router has it */
    JGI_CALL_SENT,       /* START went to the holder, which has not answered */
    JGI_CALL_NEEDED,     /* the holder has no row: it wants pieces first */
    JGI_CALL_ACCEPTED,   /* the holder has a row */
    JGI_CALL_CANCELLING, /* the user was told; the holder has to confirm its end */
    JGI_CALL_OVER,       /* lives only until RELEASE is confirmed, if at all */
    JGI_CALL_ELSEWHERE,  /* seen from a peer that is not the holder; no row is in it */
    JGI_CALL_STATE_COUNT
};

enum jgi_call_event {
    JGI_CALL_ON_PLACED, /* the router chose a peer */
    JGI_CALL_ON_ACCEPTED,
    JGI_CALL_ON_NEED,
    JGI_CALL_ON_REFUSED,
    JGI_CALL_ON_RUNNING,
    JGI_CALL_ON_RESULT,
    JGI_CALL_ON_UNKNOWN,
    JGI_CALL_ON_LOST,   /* the holder is lost */
    JGI_CALL_ON_STOP,   /* cancel, or time is up: the user is told now */
    JGI_CALL_ON_FORGET, /* nobody wants to hear of it any more */
    JGI_CALL_ON_FAIL,   /* the router has nowhere to put it */
    JGI_CALL_EVENT_COUNT
};

/* What a move does, in this order. */
enum jgi_call_action {
    JGI_CALL_RELEASE = 1 << 0, /* RELEASE to the peer, until confirmed */
    JGI_CALL_LEAVE = 1 << 1,   /* the holder holds it no more */
    JGI_CALL_RENEW = 1 << 2,   /* an execution is lost; idempotent: NEW, another number, PLACE */
    JGI_CALL_SEND = 1 << 3,    /* what the new state repeats, at once */
    JGI_CALL_TELL = 1 << 4,    /* hook ended: this status, or this RESULT */
    JGI_CALL_PLACE = 1 << 5    /* hook place */
};

struct jgi_call_move {
    uint8_t next; /* enum jgi_call_state */
    uint8_t actions;
};

enum jgi_call_interval {
    JGI_CALL_NO_INTERVAL,
    JGI_CALL_INIT, /* init, async_init */
    JGI_CALL_GET,  /* sync, async_get: only while someone waits */
    JGI_CALL_END   /* shutdown */
};

/* What is sent again as long as a row stays in a state. */
struct jgi_call_repeat {
    uint8_t kind; /* enum jgi_message_kind */
    uint8_t interval;
};

/* How the session in a node's HELLO relates to the one that the caller named. */
enum jgi_hello_relation {
    JGI_HELLO_FIRST, /* none was named */
    JGI_HELLO_SAME,
    JGI_HELLO_OTHER, /* another session, or another incarnation of the node */
    JGI_HELLO_RELATION_COUNT
};

/* All that may be decided, as constants. */
struct jgi_caller_rules {
    struct jgi_call_move moves[JGI_CALL_STATE_COUNT][JGI_CALL_EVENT_COUNT];
    struct jgi_call_repeat repeats[JGI_CALL_STATE_COUNT];
    bool is_lost[JGI_HELLO_RELATION_COUNT]; /* all that is there is lost before it goes on */
};

extern const struct jgi_caller_rules jgi_caller_rules;

/* Milliseconds. */
struct jgi_call_intervals {
    uint32_t init, get, end;
};

/* Which of a job's six intervals are the call's: a blocking form, or async and fan-out. */
struct jgi_call_intervals jgi_call_intervals(const struct jgi_job_options *options,
                                             bool is_blocking);

/* Whether what is said again by an interval is answered at all. Whoever has taken it, as PONG to a
   PING behind it shows, and says nothing of it again and again, breaks the protocol. */
struct jgi_unanswered {
    uint64_t since_ns; /* it is said again; 0: nothing is */
    uint64_t said_ns;  /* last; 0: it could not be sent */
    unsigned count;    /* of those that were taken */
};

/* One call; the caller's memory. `user` and `state` are for reading. The pointer holds until hook
 * ended, or jgi_caller_forget. */
struct jgi_caller_row {
    struct jgi_table_link by_number; /* the key is the number */
    struct jgi_link in_order;        /* among those that keep the floor down */
    struct jgi_link in_holder;
    struct jgi_link notes; /* of struct jgi_caller_note: peers that this number is over for */
    struct jgi_caller_note *spare; /* NULL: used; owned */
    struct jgi_timer timer;        /* its repeat */
    struct jgi_unanswered unanswered;
    struct jgi_caller_peer *holder; /* NULL: none */
    void *user;                     /* NULL: was told */
    struct jgi_call_intervals intervals;
    uint8_t state;
    bool is_idempotent;
    bool is_waited; /* someone waits for it */
    bool is_told;   /* the user was told, and the holder has yet to confirm its end */
    bool was_lost;  /* an execution of this call was: it may have run */
};

/* That a number is over for a peer: which has to confirm RELEASE, and gets it no more. The caller's
   memory. */
struct jgi_caller_note {
    struct jgi_link in_row, in_peer;
    struct jgi_timer timer; /* its RELEASE, again */
    struct jgi_unanswered unanswered;
    struct jgi_caller_row *row;
    struct jgi_caller_peer *peer;
    bool is_confirmed;
};

enum jgi_peer_state {
    JGI_PEER_DOWN,   /* no link */
    JGI_PEER_DIALED, /* HELLO is not answered yet */
    JGI_PEER_READY
};

/* One node as the caller sees it; the storage is its owner's. */
struct jgi_caller_peer {
    void *user;
    struct jgi_link in_caller;
    struct jgi_link held;  /* rows whose holder it is */
    size_t told;           /* of them: stopped, and not confirmed yet */
    struct jgi_link notes; /* RELEASE not confirmed, and numbers that it refused */
    struct jgi_timer lost; /* set while a session has no link */
    uint64_t incarnation;  /* of the node in that session */
    uint64_t session;      /* 0: none is held */
    uint64_t piece_ns;     /* when it last took a piece */
    uint64_t taken_ns;     /* by then it has taken all that was sent before, as its owner knows */
    uint32_t dial_count;   /* of the newest link: names the link */
    uint8_t state;         /* enum jgi_peer_state */
    bool is_doubted;       /* something was said again for more than a moment */
    uint8_t ignored;       /* enum jgi_message_kind that it is lost for not answering; 0: none */
};

/* None may call back into the caller but `place`. */
struct jgi_caller_hooks {
    /* Send this frame to a ready peer, with jgi_caller_floor in it. False: it was dropped; the
       first START may not be, unless the link has ended. `row` is NULL for RELEASE and PING. */
    bool (*send)(void *user, struct jgi_caller_peer *peer, enum jgi_message_kind kind,
                 uint64_t number, struct jgi_caller_row *row);
    /* The row is NEW again: choose another peer, now or later, by jgi_caller_place, or give up by
       jgi_caller_fail. `refusal` has the reason; NULL: its node was lost, it is idempotent and has
       a new number. */
    void (*place)(void *user, struct jgi_caller_row *row, const struct jgi_message *refusal);
    /* Once per call, with the row's user: `result` is the RESULT, borrowed, or NULL and `status`
       says why. The row's pointer is over. */
    void (*ended)(void *user, void *row_user, jg_status status, const struct jgi_message *result);
    /* What was there is lost; comes after the rows' own hooks. The peer is ready: its new link
       brought another session. It is down: close its link or dial, and dial again. */
    void (*lost)(void *user, struct jgi_caller_peer *peer);
};

struct jgi_caller {
    const struct jgi_caller_rules *rules;
    const struct jgi_caller_hooks *hooks;
    void *user;
    uint64_t incarnation;
    uint64_t next_number;
    struct jgi_table rows; /* by number */
    struct jgi_link order; /* rows, by number: the first is the floor */
    struct jgi_link peers;
    struct jgi_timers row_timers, note_timers, peer_timers; /* room for every member */
    size_t row_count, note_count, peer_count;
    bool has_doubts; /* of a peer */
};

/* `incarnation`: 64 random bits, not 0. `hooks` are borrowed. */
void jgi_caller_init(struct jgi_caller *caller, uint64_t incarnation,
                     const struct jgi_caller_hooks *hooks, void *user);

/* Frees the rows; no hook is called. Peers are their owner's. */
void jgi_caller_fini(struct jgi_caller *caller);

/* All numbers below are over: every frame of a caller carries it. */
uint64_t jgi_caller_floor(const struct jgi_caller *caller);

/* Time. ------------------------------------------------------------------------------------- */

/* When jgi_caller_tick has something to do; JGI_NEVER: nothing. */
uint64_t jgi_caller_next(const struct jgi_caller *caller);

/* Sends again what is due; declares lost whom it is time for, and who is there and does not answer:
   JGI_ANSWER_WITHIN_NS, and some repeats, by PING's order. */
void jgi_caller_tick(struct jgi_caller *caller, uint64_t now_ns);

/* Calls. ------------------------------------------------------------------------------------ */

/* A new row, state NEW: place it. `user` not NULL, the owner's. NULL: no memory. */
struct jgi_caller_row *jgi_caller_open(struct jgi_caller *caller,
                                       struct jgi_call_intervals intervals, bool is_idempotent,
                                       void *user);

/* May this row, NEW, go there: the peer is ready and has not refused this number. */
bool jgi_caller_may_place(const struct jgi_caller_row *row, const struct jgi_caller_peer *peer);

/* START goes there. Only if it may be placed. */
void jgi_caller_place(struct jgi_caller *caller, struct jgi_caller_row *row,
                      struct jgi_caller_peer *peer, uint64_t now_ns);

/* Ends a NEW row: there is nowhere to run it, or a node's refusal was final. The user is told
   `status`, or JG_ENODE if an execution was lost. */
void jgi_caller_fail(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                     uint64_t now_ns);

/* Cancel (JG_ECANCELLED) or time is up (JG_ETIMEOUT): the user is told `status` within this call;
   the node's row is ended after it. */
void jgi_caller_stop(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                     uint64_t now_ns);

/* The same without telling: the handle was freed. One frame where a stop needs two. */
void jgi_caller_forget(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns);

/* Someone begins or ceases to wait for it: ASK is sent by its interval only meanwhile. */
void jgi_caller_wait(struct jgi_caller *caller, struct jgi_caller_row *row, bool is_waited,
                     uint64_t now_ns);

/* START again now if the node needed pieces and has them all. */
void jgi_caller_shipped(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns);

/* The row that a frame of another kind (OUTPUT, WAITING, WANT) is about, which is answered by that:
   NULL if this link is not
   the peer's newest, or this peer does not hold the number, or the user was told already. */
struct jgi_caller_row *jgi_caller_find(struct jgi_caller *caller, struct jgi_caller_peer *peer,
                                       uint32_t dial_count, uint64_t number);

/* Peers and their links. -------------------------------------------------------------------- */

/* False: no memory. */
bool jgi_caller_add_peer(struct jgi_caller *caller, struct jgi_caller_peer *peer, void *user);

/* All that is there is lost first, hooks and all. */
void jgi_caller_remove_peer(struct jgi_caller *caller, struct jgi_caller_peer *peer,
                            uint64_t now_ns);

/* A link is being opened; an older one is closed by that. Fills `ret_hello` but for version, proof,
   name: role, incarnation, session held or 0, dial count, floor. The link goes by its dial count.
 */
void jgi_caller_dial(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t now_ns,
                     struct jgi_message *ret_hello);

/* The node's HELLO on the link of this dial. True: the peer is ready, and what is there was resumed
   and sent again, or was lost because the session is another one. False: an older link, or
   unasked: close that link. */
bool jgi_caller_hello(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint32_t dial_count,
                      const struct jgi_message *hello, uint64_t now_ns);

/* ACCEPTED, NEED, REFUSED, RUNNING, RESULT, UNKNOWN, RELEASED from that link; other kinds do
   nothing. A RESULT whose value comes in pieces is handed in when they are all there: it is
   released here. True: the peer held the number, so it counted. */
bool jgi_caller_frame(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint32_t dial_count,
                      const struct jgi_message *message, uint64_t now_ns);

/* A piece was sent for this peer: START of what it NEEDs is put off. */
void jgi_caller_piece_taken(struct jgi_caller_peer *peer, uint64_t now_ns);

/* The link of this dial is closed, or the dial failed in a way that says nothing of the node. Dial
   again at once. A session is lost after JGI_NODE_LOST_NS without a new link. */
void jgi_caller_closed(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint32_t dial_count,
                       uint64_t now_ns);

/* The dial was refused, by the machine or by the node: nothing of what was there is any more. */
void jgi_caller_refused(struct jgi_caller *caller, struct jgi_caller_peer *peer,
                        uint32_t dial_count, uint64_t now_ns);

#endif
