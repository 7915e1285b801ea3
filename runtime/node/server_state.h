/* SPDX-License-Identifier: MIT */
/* What the files of a node's server share: server.c (links and frames), sessions.c, executions.c
   (rows and pools), printed.c (what jobs print), staging.c (large arguments), programs.c (their
   pools), shipping.c (how they come), inspection.c (what they are). Everything here is locked by
   the loop. */
#ifndef JOBGEN_NODE_SERVER_STATE_H
#define JOBGEN_NODE_SERVER_STATE_H

#include "../base/pace.h"
#include "../wire/connection.h"
#include "../wire/transfer.h"
#include "../worker/pool.h"
#include "ledger.h"
#include "server.h"
#include "store.h"

enum {
    JGI_ROWS_MAX = 8192,   /* of a session, with those that the caller has not released */
    JGI_PROGRAMS_MAX = 16, /* that a session uses */
    JGI_PROGRAMS_ALL_MAX = 1024,
    JGI_REASON_SIZE = 256,     /* a sentence */
    JGI_PRINTED_KEPT = 262144, /* bytes of each stream that may have to be sent again */
};

/* One link of a caller. */
struct jgi_node_link {
    struct jgi_link link; /* in server->links, or among those that have ended */
    struct jgi_server *server;
    struct jgi_connection *connection; /* NULL: has ended */
    struct jgi_ledger_link ledger;
    struct jgi_session *session; /* NULL: no HELLO yet, or the session has another link, or ended */
    struct jgi_outgoing outgoing;
};

/* A caller's session: all that a node holds for it. */
struct jgi_session {
    struct jgi_table_link by_id;
    struct jgi_link link;
    struct jgi_server *server;
    uint64_t incarnation;
    char *name;                   /* of the caller's program; owned */
    struct jgi_node_link *newest; /* NULL: closed */
    struct jgi_link uses;         /* of programs */
    struct jgi_link stagings;     /* arguments that are on their way */
    struct jgi_link executions;   /* that have a row */
    unsigned use_count, staging_count;
    uint64_t floor;                                   /* the highest seen */
    unsigned credits_used;                            /* rows that have neither ended nor waited */
    uint64_t args_bytes, result_bytes, printed_bytes; /* held */
};

enum jgi_program_state {
    JGI_PROGRAM_COMES, /* is shipped */
    JGI_PROGRAM_READY,
    JGI_PROGRAM_UNFIT, /* START is refused */
};

/* A program that sessions use, or used a short time ago. */
struct jgi_node_program {
    struct jgi_link link;
    struct jgi_server *server;
    uint8_t digest[JGI_DIGEST_SIZE];
    uint64_t size;
    int state; /* enum jgi_program_state */
    jg_status status;
    char reason[JGI_REASON_SIZE]; /* if it is unfit */
    struct jgi_link uses;
    char *name, *path;     /* owned */
    char *arguments[2];    /* of its zygotes */
    int held_fd;           /* of its file, which stays in the store meanwhile; -1: not ready */
    struct jgi_pool *pool; /* NULL: nothing ran yet */
    bool is_coming;        /* `incoming` is begun */
    uint64_t moved_ns;     /* when a piece came, or was asked for */
    struct jgi_incoming incoming;
    struct jgi_inspection *inspection; /* NULL: none is under way */
    struct jgi_program_use *shipper;   /* NULL: none is linked at present */
    struct jgi_alarm limit;            /* the shipper sends nothing; or: nobody uses it any more */
};

/* That a session uses a program. */
struct jgi_program_use {
    struct jgi_link in_program, in_session;
    struct jgi_node_program *program;
    struct jgi_session *session;
    bool is_waiting; /* a START was answered NEED, and nothing was told since */
    bool was_asked;  /* it has shipped, or ships: pieces may come */
    bool is_wrong;   /* what it shipped was not what it said */
};

/* Large arguments on their way. */
struct jgi_staging {
    struct jgi_link link;
    struct jgi_session *session;
    struct jgi_node_link *asked; /* where they were asked for */
    struct jgi_incoming incoming;
    bool is_whole, has_failed;
};

/* What one stream of an execution has printed. */
struct jgi_printed {
    struct jgi_buffer kept;
    uint64_t start; /* of `kept` in the stream */
    uint64_t sent;  /* up to here, over this link */
};

/* A row's user. */
struct jgi_execution {
    struct jgi_table_link by_print; /* the key, session and number, is where what it prints goes */
    struct jgi_link in_session;     /* or, without a row, in no list */
    struct jgi_link to_submit;
    struct jgi_server *server;
    struct jgi_session *session; /* NULL: over, as its row */
    struct jgi_ledger_row *row;  /* NULL: nobody wants its outcome */
    struct jgi_node_program *program;
    struct jgi_task task;
    struct jgi_outcome outcome;
    char *job_name;  /* owned */
    bool is_refused; /* it has only an outcome */
    bool has_ended;
    bool has_waited;
    bool holds_credit;
    const struct jgi_node_link *told; /* over which its outcome has gone */
    uint64_t number;
    uint64_t args_bytes, result_bytes; /* held */
    struct jgi_printed printed[JGI_STREAM_COUNT];
};

struct jgi_server {
    struct jgi_server_config config;
    struct jgi_listener *listener;
    struct jgi_store store;
    struct jgi_ledger ledger;
    struct jgi_slots slots;
    struct jgi_link links, ended_links, sessions, programs, to_submit;
    struct jgi_table sessions_by_id, executions;
    unsigned credits; /* of each session */
    unsigned link_count, program_count;
    unsigned ending_count;    /* pools that end, inspections */
    pthread_cond_t has_ended; /* one of them */
    uint64_t args_bytes, result_bytes;
    struct jgi_alarm tick;
    struct jgi_round round;
    struct jgi_later bury;
    pthread_mutex_t print_lock; /* over `printed` */
    struct jgi_buffer printed;  /* struct jgi_line, and its text, again and again */
    unsigned told_busy;
    struct jgi_pace notes;
    bool is_stopping;
    const char *broken; /* how the START that is looked at breaks the protocol */
    /* Set by hook start for after the frame. */
    struct jgi_staging *staging_asked;
    struct jgi_program_use *use_asked;
};

/* server.c */
/* A line for the operator, not too many. */
__attribute__((format(printf, 2, 3))) void jgi_server_note(struct jgi_server *server,
                                                           const char *format, ...);
/* Closes a link, with GOODBYE. */
void jgi_server_end_link(struct jgi_node_link *link, jg_status status, const char *text);
/* The session's newest link; NULL: none. */
struct jgi_connection *jgi_server_connection(const struct jgi_session *session);

/* sessions.c */
/* The session with this id, made if it is new; NULL: no memory. */
struct jgi_session *jgi_session_get(struct jgi_server *server, uint64_t id, uint64_t incarnation,
                                    const char *name);
struct jgi_session *jgi_session_find(const struct jgi_server *server, uint64_t id);
/* Drops those that the ledger has ended, or all. */
void jgi_sessions_sweep(struct jgi_server *server);
void jgi_sessions_end(struct jgi_server *server);
size_t jgi_session_row_count(const struct jgi_session *session);
/* Counts bytes that are held for it. False: too many. */
bool jgi_session_hold_args(struct jgi_session *session, uint64_t size);
bool jgi_session_hold_result(struct jgi_session *session, uint64_t size);

/* executions.c */
extern const struct jgi_ledger_hooks jgi_execution_hooks;
/* What START has left to do, when the ledger is left. */
void jgi_executions_submit(struct jgi_server *server);
void jgi_execution_began(struct jgi_task *task);
void jgi_execution_waits(struct jgi_task *task);
/* Of the session's newest link; NULL: no such row. */
struct jgi_execution *jgi_execution_find(const struct jgi_session *session, uint64_t number);
/* After the node's HELLO on another link: what was printed, and who waits. */
void jgi_executions_resume(struct jgi_session *session);
/* The link has room again. */
void jgi_executions_drained(struct jgi_session *session);
/* Ends all with JG_ECANCELLED. */
void jgi_executions_cancel(struct jgi_server *server);

/* printed.c */
/* The sink of pools: any thread, not locked by the loop. */
void jgi_printed_sink(void *user, int stream, const struct jgi_output_source *source,
                      const char *lines, size_t size);
/* Gives what has come to its executions. */
void jgi_printed_collect(struct jgi_server *server);
/* Sends what was not sent; `is_last`: all of it, whatever is pending. */
void jgi_printed_send(struct jgi_execution *execution, bool is_last);
void jgi_printed_rewind(struct jgi_execution *execution);
void jgi_printed_drop(struct jgi_execution *execution);

/* staging.c */
enum jgi_staged { JGI_STAGED_WHOLE, JGI_STAGED_COMES, JGI_STAGED_REFUSED };
/* The arguments of this START: here, and handed over as a memfd that is held no more; or on their
   way; or too much. */
enum jgi_staged jgi_staging_take(struct jgi_session *session, const struct jgi_message *start,
                                 int *ret_fd);
bool jgi_staging_has(const struct jgi_session *session, uint64_t number);
void jgi_staging_ask(struct jgi_staging *staging);
/* NULL, or how the peer broke the protocol. */
const char *jgi_staging_piece(struct jgi_session *session, const struct jgi_message *piece);
/* As jgi_incoming_land. */
bool jgi_staging_land(struct jgi_session *session, const struct jgi_message *piece,
                      struct jgi_lent *ret_place);
void jgi_staging_drop(struct jgi_session *session, uint64_t number);
void jgi_staging_drop_below(struct jgi_session *session, uint64_t floor);
struct jgi_staging *jgi_staging_free(struct jgi_staging *staging);

/* programs.c */
/* The program of this START, made if it is new; NULL: no memory, or the session uses too many. What
   is told to have another size is another program: only one of them is what it is told to be. */
struct jgi_program_use *jgi_program_use(struct jgi_session *session,
                                        const struct jgi_message *start);
struct jgi_program_use *jgi_program_use_free(struct jgi_program_use *use);
/* NULL: no memory. */
struct jgi_pool *jgi_program_pool(struct jgi_node_program *program);
struct jgi_program_use *jgi_program_find_use(const struct jgi_session *session,
                                             const uint8_t *digest);
void jgi_program_set_limit(struct jgi_node_program *program, int ms);
/* Ends its zygote. */
struct jgi_node_program *jgi_program_free(struct jgi_node_program *program, const char *cause);
/* Ends those that nobody uses any more, for their room in the store. False: there is none, nor one
   that is about to end. */
bool jgi_programs_end_unused(struct jgi_server *server);

/* shipping.c */
/* It is not known yet: looks for it in the store, else makes room for it. */
void jgi_shipping_begin(struct jgi_node_program *program);
void jgi_shipping_ask(struct jgi_program_use *use);
const char *jgi_shipping_piece(struct jgi_session *session, const struct jgi_message *piece);
/* The session's link has ended, or it has. */
void jgi_shipping_leave(struct jgi_session *session);
/* Nothing came for a while. */
void jgi_shipping_stalled(struct jgi_node_program *program);
void jgi_shipping_cancel(struct jgi_node_program *program);
/* What it is: `path` NULL: not what was told; else where it is, and whether it can run here. If it
   can, `held_fd` is taken. */
void jgi_shipping_inspected(struct jgi_node_program *program, const char *path, int *held_fd,
                            jg_status status, const char *text);

/* inspection.c */
/* Takes `fd`, of the part that came, or held in its place. NULL: no memory or threads. */
struct jgi_inspection *jgi_inspection_new(struct jgi_node_program *program, int fd, bool is_part);
/* Nobody wants to know. NULL allowed. */
void jgi_inspection_forget(struct jgi_inspection *inspection);

#endif
