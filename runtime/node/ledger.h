/* SPDX-License-Identifier: MIT */
/* The node's side of calls: sessions of callers, a row per execution, and what each frame means in
 * each state.
 *
 * Pure: no I/O, no threads, no clock. Frames and moments come in as arguments, frames and orders
 * go out by hooks. Every function is called under the owner's lock. docs/design.md has the tables
 * in words. */
#ifndef JOBGEN_NODE_LEDGER_H
#define JOBGEN_NODE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/list.h"
#include "../base/table.h"
#include "../base/timer.h"
#include "../wire/message.h"
#include "notes.h"

/* Of a number in a session. */
enum jgi_ledger_state {
    JGI_LEDGER_FRESH, /* no row, and at or above the floor, and not noted */
    JGI_LEDGER_OVER,  /* no row: below the floor, or noted */
    JGI_LEDGER_QUEUED,
    JGI_LEDGER_RUNNING,
    JGI_LEDGER_ENDED,
    JGI_LEDGER_STATE_COUNT
};

enum jgi_ledger_event {
    JGI_LEDGER_ON_START,
    JGI_LEDGER_ON_ASK,
    JGI_LEDGER_ON_CANCEL,
    JGI_LEDGER_ON_RELEASE,
    JGI_LEDGER_EVENT_COUNT
};

/* What the owner says to a fresh START. */
enum jgi_ledger_answer {
    JGI_LEDGER_ACCEPT,
    JGI_LEDGER_NEED,   /* pieces are missing: no row */
    JGI_LEDGER_REFUSE, /* it has not run and never will here */
    JGI_LEDGER_ANSWER_COUNT
};

/* What a move does, in this order. */
enum jgi_ledger_action {
    JGI_LEDGER_NOTE = 1 << 0,    /* the number is ended for ever */
    JGI_LEDGER_DROP = 1 << 1,    /* hook drop; the row goes */
    JGI_LEDGER_DECIDE = 1 << 2,  /* hook start; then the move is that answer's */
    JGI_LEDGER_OPEN = 1 << 3,    /* a row is made */
    JGI_LEDGER_REPLY = 1 << 4,   /* this kind of frame */
    JGI_LEDGER_OUTCOME = 1 << 5, /* RESULT or REFUSED, until RELEASE */
    JGI_LEDGER_STOP = 1 << 6     /* hook stop, once */
};

struct jgi_ledger_move {
    uint8_t next; /* enum jgi_ledger_state */
    uint8_t reply;
    uint8_t actions;
};

/* A caller's HELLO, seen from what the node knows of its incarnation. */
enum jgi_ledger_hello {
    JGI_LEDGER_HELLO_OLDER, /* a lower dial count than seen */
    JGI_LEDGER_HELLO_SAME,  /* names the session that is there */
    JGI_LEDGER_HELLO_OTHER, /* names another one or none */
    JGI_LEDGER_HELLO_COUNT
};

enum jgi_ledger_verdict {
    JGI_LEDGER_REFUSE_LINK, /* close it */
    JGI_LEDGER_RESUME,
    JGI_LEDGER_RENEW /* what was there is stopped and dropped; another session is opened */
};

/* All that may be decided, as constants. */
struct jgi_ledger_rules {
    struct jgi_ledger_move moves[JGI_LEDGER_STATE_COUNT][JGI_LEDGER_EVENT_COUNT];
    struct jgi_ledger_move answers[JGI_LEDGER_ANSWER_COUNT];
    uint8_t hello[JGI_LEDGER_HELLO_COUNT];
    bool takes_stale; /* frames from a link that is not the session's newest count */
};

extern const struct jgi_ledger_rules jgi_ledger_rules;

/* One end of a link; the storage is its owner's, all zeros before HELLO. */
struct jgi_ledger_link {
    void *user;           /* the owner's */
    uint64_t incarnation; /* of its caller; 0: no HELLO yet */
    uint64_t session;     /* that it belongs to */
};

/* One incarnation of a caller and its session; the ledger's memory. */
struct jgi_ledger_caller {
    struct jgi_table_link by_incarnation; /* the key is the incarnation */
    uint64_t session;                     /* never 0 */
    uint32_t dial_count;                  /* the highest seen */
    uint64_t floor;                       /* the highest seen */
    struct jgi_notes notes;               /* ended numbers from the floor on */
    struct jgi_table rows;                /* by number */
    struct jgi_link in_order;             /* rows, by age */
    struct jgi_ledger_link *link;         /* NULL: closed */
    struct jgi_timer lost;                /* set while there is no link */
};

/* One execution; the ledger's memory. `user`, `state` and the number are for reading. */
struct jgi_ledger_row {
    struct jgi_table_link by_number; /* the key is the number */
    struct jgi_link in_order;
    struct jgi_ledger_caller *caller;
    struct jgi_timer timer; /* set while its outcome has to be sent again */
    void *user;             /* set by hook start; NULL: cancelled before START came */
    uint32_t interval_ms;   /* async_set */
    uint8_t state;
    bool is_refused;  /* the outcome is REFUSED, else RESULT */
    bool is_stopping; /* hook stop was called */
};

struct jgi_ledger_hooks {
    /* A START for a fresh number. ACCEPT: put it in the queue, and set row->user. REFUSE: row->user
       may be set too, for the reason. NEED: the row goes without hook drop. May not call back. */
    enum jgi_ledger_answer (*start)(void *user, struct jgi_ledger_row *row,
                                    const struct jgi_message *message);
    /* Send this frame; it may be dropped. `row` is there for RESULT and REFUSED: its user has the
       outcome; a NULL user with RESULT: JG_ECANCELLED, it never began. */
    void (*send)(void *user, struct jgi_ledger_link *link, enum jgi_message_kind kind,
                 uint64_t number, struct jgi_ledger_row *row);
    /* CANCEL: politely, after JGI_FIRM_AFTER_NS firmly; then jgi_ledger_ended, also from within. */
    void (*stop)(void *user, struct jgi_ledger_row *row);
    /* The row goes: its user is the owner's again, the pointer is over. An execution that has not
       ended is to be stopped, firmly at once if `is_firm` (its caller is lost); nobody wants its
       outcome. Not called where user is NULL. May not call back. */
    void (*drop)(void *user, struct jgi_ledger_row *row, bool is_firm);
    /* A newer link of the same caller is there: close this one. May not call back. */
    void (*close)(void *user, struct jgi_ledger_link *link);
};

struct jgi_ledger {
    const struct jgi_ledger_rules *rules;
    const struct jgi_ledger_hooks *hooks;
    void *user;
    uint64_t incarnation;
    struct jgi_table callers;                    /* by incarnation */
    struct jgi_timers row_timers, caller_timers; /* room for every member */
    size_t row_count, caller_count;
};

/* `incarnation`: 64 random bits, not 0. `hooks` are borrowed. */
void jgi_ledger_init(struct jgi_ledger *ledger, uint64_t incarnation,
                     const struct jgi_ledger_hooks *hooks, void *user);

/* Drops all rows firmly, hook drop and all; links are their owner's. */
void jgi_ledger_fini(struct jgi_ledger *ledger);

/* When jgi_ledger_tick has something to do; JGI_NEVER: nothing. */
uint64_t jgi_ledger_next(const struct jgi_ledger *ledger);

/* Sends outcomes again that are due; ends the sessions of callers that are lost. */
void jgi_ledger_tick(struct jgi_ledger *ledger, uint64_t now_ns);

/* Links. ------------------------------------------------------------------------------------ */

/* The first HELLO of a caller on a link, already let in. `new_session`: random, not 0, never used
   before. JGI_LEDGER_RESUME, JGI_LEDGER_RENEW: the older link was closed, `ret_hello` is filled
   (role, incarnation, session): send it, then call jgi_ledger_resume. JGI_LEDGER_REFUSE_LINK: close
   it; also if there is no memory, or the incarnation is 0. */
enum jgi_ledger_verdict jgi_ledger_hello(struct jgi_ledger *ledger, struct jgi_ledger_link *link,
                                         const struct jgi_message *hello, uint64_t new_session,
                                         struct jgi_message *ret_hello);

/* After the node's HELLO was sent: sends the outcomes that are not released yet. */
void jgi_ledger_resume(struct jgi_ledger *ledger, struct jgi_ledger_link *link, uint64_t now_ns);

/* Any frame of a caller on a link after HELLO: START, ASK, CANCEL, RELEASE; of all others (PING)
   only the floor counts. False: the link is not the newest of its session: it did nothing. */
bool jgi_ledger_frame(struct jgi_ledger *ledger, struct jgi_ledger_link *link,
                      const struct jgi_message *message, uint64_t now_ns);

/* The link is closed, at either end. `is_silent`: by this node, because nothing came. The caller is
   lost after JGI_CALLER_LOST_NS or JGI_CALLER_SILENT_NS without another link. Also of a link that
   hook close was called for, or that has no HELLO: nothing happens. */
void jgi_ledger_closed(struct jgi_ledger *ledger, struct jgi_ledger_link *link, bool is_silent,
                       uint64_t now_ns);

/* Executions. ------------------------------------------------------------------------------- */

/* It runs: from here it cannot be refused. */
void jgi_ledger_began(struct jgi_ledger_row *row);

/* It has ended, in whatever way; row->user has the outcome, which is sent until RELEASE. */
void jgi_ledger_ended(struct jgi_ledger *ledger, struct jgi_ledger_row *row, uint64_t now_ns);

#endif
