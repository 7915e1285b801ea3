/* SPDX-License-Identifier: MIT */
/* A worker's end of the socket to its pool: executions come down it, results and nested calls go
 * up. */
#ifndef JOBGEN_WORKER_CHANNEL_H
#define JOBGEN_WORKER_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../wire/frame.h"
#include "../wire/outcome.h"
#include "claims.h"

struct jgi_channel;

/* One nested call; storage is the caller's, and stays until it has ended or was forgotten. */
struct jgi_channel_call {
    uint64_t number;
    bool is_open; /* an answer may come */
    bool has_ended;
    struct jgi_outcome outcome;
};

/* This process's channel; NULL outside a worker. In a process that a job forked,
   jgi_channel_is_foreign says true: it must not use the channel. */
struct jgi_channel *jgi_channel_current(void);
bool jgi_channel_is_foreign(void);

/* The name of the node that this worker belongs to. */
const char *jgi_channel_node_name(const struct jgi_channel *channel);

/* Makes it the current one. Once, by the serve loop. The claims are borrowed; NULL: fresh. */
struct jgi_channel *jgi_channel_open(int socket_fd, struct jgi_claims *claims);

/* The next execution; blocks. Ends the process when the pool has gone. */
void jgi_channel_next_run(struct jgi_channel *channel, struct jgi_frame_head *ret_head,
                          struct jgi_payload *ret_args);

/* The execution that runs now has ended: `failure` NULL with its result, or the failure. Ends the
   process if the socket is no longer ours (see JGI_SIGNAL_BROKEN). Threads: any. */
void jgi_channel_answer(struct jgi_channel *channel, uint64_t run_ns,
                        const struct jgi_payload *result, const struct jgi_outcome *failure);

/* The same where more executions wait here and this one has sent nothing: leaves a small result in
   place `place` of the claims. False: it is to be answered. */
bool jgi_channel_leave(struct jgi_channel *channel, uint32_t place, uint64_t run_ns,
                       const struct jgi_payload *result);

/* Sends CALL; `head` has job and options. `will_wait`: the caller waits for it next, so the slot is
   lent in the same send. False: no memory. */
bool jgi_channel_call(struct jgi_channel *channel, struct jgi_channel_call *call,
                      struct jgi_frame_head *head, const struct jgi_payload *args, bool will_wait);

/* Until `is_done` says so, which is asked whenever calls have ended; lends the slot meanwhile.
   False: the deadline came first. */
bool jgi_channel_wait(struct jgi_channel *channel, bool (*is_done)(const void *user),
                      const void *user, uint64_t deadline_ns);

/* Looks without blocking; a call still open lends the slot from here until a wait or look succeeds.
 */
bool jgi_channel_poll(struct jgi_channel *channel, struct jgi_channel_call *call);

/* No answer is wanted any more: tells the pool if it is still open, and frees the outcome. */
void jgi_channel_forget(struct jgi_channel *channel, struct jgi_channel_call *call);

/* By this a worker ends whose socket was closed, replaced or shut down by the job: the pool reads
 * it as JG_EPROTOCOL. */
#define JGI_SIGNAL_BROKEN (SIGRTMAX - 1)

/* By this one that has no memory to take an execution or to answer: JG_ENOMEM. */
#define JGI_SIGNAL_STARVED (SIGRTMAX - 2)
_Noreturn void jgi_worker_die_starved(void);

#endif
