/* SPDX-License-Identifier: MIT */
/* What the files of the pool share: pool.c (tasks in and out), dispatch.c (who gets what), worker.c
   (one worker's life), left.c (results that it leaves in its claims), outbox.c (what it is sent),
   nested.c (calls that its jobs make), direct.c (a blocking call on its own thread), keeper.c (the
   zygote's end of things). Everything here is locked by the loop. */
#ifndef JOBGEN_WORKER_POOL_STATE_H
#define JOBGEN_WORKER_POOL_STATE_H

#include "pool.h"

#include "../wire/frame.h"
#include "scratch.h"
#include "zygote.h"

enum jgi_worker_state {
    JGI_WORKER_IDLE,    /* in its source's list */
    JGI_WORKER_BUSY,    /* runs; holds a slot */
    JGI_WORKER_WAITING, /* its execution waits for others; has lent its slot */
    JGI_WORKER_SPENT,   /* fresh: has answered, is about to end */
    JGI_WORKER_ENDING,  /* is being ended, or its socket has; its death is awaited */
    JGI_WORKER_DEAD,
    JGI_WORKER_STATE_COUNT
};

struct jgi_worker {
    struct jgi_pool *pool;
    struct jgi_link link;       /* in pool->workers, or the graveyard */
    struct jgi_link idle_link;  /* in source->idle */
    struct jgi_link dirty_link; /* in pool->dirty: has frames to be sent */
    int state;
    bool is_reuse;
    bool holds_slot;
    bool is_last;   /* ends after this answer, though it is a reuse worker */
    bool is_direct; /* a calling thread reads its socket */
    pid_t pid;
    struct jgi_watch socket, pipes[JGI_STREAM_COUNT];
    struct jgi_frame_reader reader;
    struct jgi_buffer out;  /* frames to be sent */
    struct jgi_buffer late; /* struct late of outbox.c: memfds of frames in `out` */
    struct jgi_output output;
    struct jgi_claims *claims; /* NULL: fresh */
    uint64_t claims_used;      /* bit n: place n is in use */
    uint64_t look_ns;          /* when to look at them; JGI_NEVER: with the next frame */
    struct jgi_link sent;      /* tasks, oldest first */
    unsigned sent_count;
    struct jgi_link children; /* nested calls that wait for an answer, routed ones too */
    struct jgi_alarm firm;    /* when SIGKILL follows SIGTERM */
    const char *broken;       /* how it broke the protocol; NULL: it did not */
    bool is_death_known;
    bool is_orphaned; /* its zygote ended, so nothing more is known */
    int wait_status;
    pthread_cond_t *direct_wait; /* where the calling thread waits for the death */
};

/* A job that the program has. */
struct jgi_known_job {
    struct jgi_zygote_job told;
    size_t name_at; /* in known_names */
};

/* The workers of one isolation mode. */
struct jgi_source {
    bool is_reuse;
    struct jgi_link idle;
    unsigned idle_count;
    struct jgi_link nested, queue; /* tasks; nested ones go first */
    unsigned queued_count;
    unsigned asked_count; /* workers on their way */
    unsigned held_count;  /* slots that its workers hold */
    unsigned stock;       /* how many are to be idle: forked ahead */
};

enum { JGI_FRESH, JGI_REUSE, JGI_SOURCE_COUNT, JGI_PACE_COUNT = 64 };

enum jgi_zygote_state {
    JGI_ZYGOTE_NONE,
    JGI_ZYGOTE_STARTING,
    JGI_ZYGOTE_READY,
    JGI_ZYGOTE_ENDING /* it has been told; its end is awaited */
};

struct jgi_pool {
    struct jgi_loop *loop;
    struct jgi_pool_config config;
    struct jgi_round round;
    struct jgi_source sources[JGI_SOURCE_COUNT];
    struct jgi_link workers, dirty, graveyard;
    unsigned worker_count, state_counts[JGI_WORKER_STATE_COUNT];
    struct jgi_slots *slots, own_slots;
    struct jgi_link slots_link; /* among the pools that share them */
    uint64_t next_number;
    struct jgi_pace {
        uint64_t job, mean_ns;
    } paces[JGI_PACE_COUNT]; /* how long executions of a job take */

    int zygote_state;
    pid_t zygote_pid;
    struct jgi_watch zygote;
    char *packet;               /* owned: the last that came from it, JGI_ZYGOTE_PACKET_MAX bytes */
    struct jgi_scratch scratch; /* where it runs */
    unsigned removal_count;     /* threads that remove those of earlier ones */
    struct jgi_buffer known_jobs, known_names; /* struct jgi_known_job, sorted; what they name */
    unsigned failed_starts;                    /* in a row */
    int start_error;              /* what the zygote lacked at its start; 0: it has not told */
    struct jgi_alarm start_limit; /* how long a zygote may take to say HELLO */
    struct jgi_alarm fork_hold;   /* set: forks fail at present; try again then */
    struct jgi_alarm look;        /* the first look_ns of a worker, or earlier */
    bool is_look_set;
    bool is_fork_held, is_fork_hold_told;

    struct jgi_pool_end {
        bool is_begun;
        jg_status status;
        char *cause; /* owned; NULL: no memory for it */
        void (*on_ended)(void *user);
        void *user;
    } end;
    unsigned caller_count; /* threads in jgi_pool_run */
};

/* pool.c */
extern const char jgi_cause_unknown_job[];
void jgi_note(const struct jgi_pool *pool, enum jgi_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool jgi_pool_admit(struct jgi_pool *pool, struct jgi_task *task); /* false: it has ended already */
void jgi_pool_time_out(struct jgi_pool *pool, struct jgi_task *task);
void jgi_task_move(struct jgi_task *task, int to);
void jgi_task_begin(struct jgi_task *task); /* its worker has it, and nothing before it */
void jgi_task_end(struct jgi_pool *pool, struct jgi_task *task); /* its outcome is set */
void jgi_task_fail(struct jgi_pool *pool, struct jgi_task *task, jg_status status,
                   const char *cause);

/* dispatch.c */
/* Gives what can be given, asks for workers, sends: in all pools that share the slots. */
void jgi_dispatch(struct jgi_pool *pool);
void jgi_dispatch_ahead(struct jgi_pool *pool); /* sends short tasks ahead to busy reuse workers */
/* No process can be made for the source: one that there is will end or be free, if need be because
 * it is idle and told to end. */
bool jgi_has_hope(struct jgi_pool *pool, const struct jgi_source *wanting);
void jgi_enqueue(struct jgi_pool *pool, struct jgi_task *task, bool is_first);
void jgi_dequeue(struct jgi_pool *pool, struct jgi_task *task);
void jgi_fail_queued(struct jgi_pool *pool, jg_status status, const char *cause);
struct jgi_worker *jgi_take_idle(struct jgi_pool *pool, struct jgi_source *source);
/* What its worker prints from now on is its. */
void jgi_task_print(struct jgi_task *task, bool keeps_tail);
void jgi_assign(struct jgi_pool *pool, struct jgi_worker *worker, struct jgi_task *task);
void jgi_pace_note(struct jgi_pool *pool, uint64_t job, uint64_t run_ns);

/* worker.c */
struct jgi_worker *jgi_worker_new(struct jgi_pool *pool, pid_t pid, bool is_reuse,
                                  const int *fds); /* takes fds; NULL: failed */
/* What it runs; NULL: nothing at present. */
struct jgi_task *jgi_worker_running(struct jgi_worker *worker);
/* It runs nothing any more: idle again, or spent; not yet if direct. */
void jgi_worker_settle(struct jgi_worker *worker);
/* Of a task that failed: the last lines of its stderr, which have been read. */
void jgi_worker_keep_tail(struct jgi_worker *worker, struct jgi_task *task);
void jgi_worker_watch(struct jgi_worker *worker);
void jgi_worker_move(struct jgi_worker *worker, int state);
void jgi_worker_take_slot(struct jgi_worker *worker);
void jgi_worker_release_slot(struct jgi_worker *worker);
/* A frame has come; false: it broke the protocol. Takes the payload. */
bool jgi_worker_take_frame(struct jgi_worker *worker, const struct jgi_frame_head *head,
                           struct jgi_payload *payload);
void jgi_worker_broke(struct jgi_worker *worker, const char *how);
/* Reading from its socket has failed with this errno. */
void jgi_worker_unreadable(struct jgi_worker *worker);
void jgi_worker_socket_ended(struct jgi_worker *worker);
void jgi_worker_end_politely(struct jgi_worker *worker);
/* This process has no memory for what it needs of the worker: what it runs fails so, and it ends.
 */
void jgi_worker_starve(struct jgi_worker *worker);
void jgi_worker_died(struct jgi_worker *worker, int wait_status, bool was_alive);
void jgi_worker_finish_death(
    struct jgi_worker *worker);              /* the last frames have been taken: ends its tasks */
void jgi_worker_bury(struct jgi_pool *pool); /* frees the dead; only at the end of a round */
/* Takes back what was sent ahead and has not begun, puts it first in the queue; at most `most`, the
 * youngest first. */
unsigned jgi_worker_withdraw(struct jgi_worker *worker, unsigned most);
void jgi_worker_remove_task(struct jgi_worker *worker, struct jgi_task *task);
void jgi_worker_drain(struct jgi_worker *worker, bool is_end); /* unlocks meanwhile */
/* Its oldest task has ended well; takes the payload. */
void jgi_worker_end_task(struct jgi_worker *worker, struct jgi_task *task,
                         struct jgi_payload *payload, uint64_t run_ns);
/* The oldest task is what it runs now, if there is one. What was printed last stays: it may be of
   this one, which did not wait for the pool. */
void jgi_worker_begin_next(struct jgi_worker *worker);

/* left.c */
/* Notes which results have been left. Before what was printed is read, so that it is told first. */
void jgi_worker_look(struct jgi_worker *worker);
void jgi_worker_take_left(struct jgi_worker *worker); /* ends the tasks whose results were noted */
/* Something came from it: what is left from now on may not be told by a frame. */
void jgi_worker_look_later(struct jgi_worker *worker);
void jgi_on_look(struct jgi_loop *loop, struct jgi_alarm *alarm);
/* Its result has been left, so it has ended in time; false: go on. */
bool jgi_task_is_left(const struct jgi_task *task);
/* Looks, reads what was printed, takes: unlocks meanwhile. */
void jgi_worker_collect(struct jgi_worker *worker);

/* outbox.c */
/* Adds a frame to `out`; one with a memfd (borrowed) is sent at once, as far as there is room.
 * False: no memory, nothing was added. */
bool jgi_worker_send(struct jgi_worker *worker, struct jgi_frame_head *head,
                     const struct jgi_payload *payload);
void jgi_worker_flush(struct jgi_worker *worker);    /* sends what is in `out` */
void jgi_worker_drop_out(struct jgi_worker *worker); /* nobody reads it */

/* nested.c */
/* A frame CALL has come. Takes the payload. */
void jgi_worker_take_call(struct jgi_worker *worker, const struct jgi_frame_head *head,
                          struct jgi_payload *payload);
void jgi_worker_take_cancel(struct jgi_worker *worker, uint64_t call); /* a frame CANCEL has come */
/* Its execution has ended: nobody wants their answers. */
void jgi_worker_cancel_children(struct jgi_worker *worker);

/* keeper.c */
void jgi_zygote_need(struct jgi_pool *pool); /* starts one if there is none */
void jgi_zygote_end(struct jgi_pool *pool);  /* ends it with all its workers */
void jgi_zygote_ask(struct jgi_pool *pool, bool is_reuse, unsigned count);
void jgi_zygote_kill(struct jgi_pool *pool, pid_t pid, int signal_number);
void jgi_zygote_probe(struct jgi_pool *pool, pid_t pid);
/* NULL: it has no such job. */
const struct jgi_known_job *jgi_zygote_find(const struct jgi_pool *pool, uint64_t job);

#endif
