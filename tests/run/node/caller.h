/* SPDX-License-Identifier: MIT */
/* A caller that speaks with a node frame by frame. */
#ifndef JOBGEN_TESTS_NODE_CALLER_H
#define JOBGEN_TESTS_NODE_CALLER_H

#include "wire/connection.h"
#include "wire/transfer.h"

#include <jobgen/stub.h>

struct t_frame {
    struct jgi_link link;
    struct jgi_message message; /* with what it points to, all its own */
};

struct t_caller {
    struct jgi_loop *loop;
    struct jgi_secret secret;
    pthread_cond_t news;
    struct jgi_connection *connection; /* NULL: has ended */
    bool is_open;
    jg_status end_status; /* of the last link */
    char why[300];
    uint64_t incarnation, session, node_incarnation;
    uint32_t dial_count, credits;
    char node[64];
    struct jgi_link frames; /* that have come and were not looked at */
    struct jgi_outgoing outgoing;
    /* Of the program that it says it has. */
    int program_fd;
    uint64_t program_size;
    uint8_t program[JGI_DIGEST_SIZE];
    bool is_mute;   /* it sends no piece of what is wanted */
    bool is_greedy; /* it releases nothing, and output may be missing */
    uint64_t next_number, pieces_sent, output_bytes;
    unsigned waited_count;    /* WAITING frames of whole calls */
    char said[2][256 * 1024]; /* what jobs printed, as far as there is room */
    uint64_t said_size[2];    /* bytes of the stream */
    uint64_t said_number;     /* whose; another one's begins anew */
};

/* With the program in this file. */
void t_caller_init(struct t_caller *caller, const char *program);
void t_caller_fini(struct t_caller *caller);

/* Opens a link that names `session`; false: it has ended, why says how. */
bool t_caller_dial(struct t_caller *caller, const char *address, uint64_t session);
/* Closes it without a word. */
void t_caller_cut(struct t_caller *caller);
/* Closes it and opens another one, of the same session. False: it took so long that the node may
   have given the session up, and has. */
bool t_caller_resume(struct t_caller *caller, const char *address);

void t_caller_send(struct t_caller *caller, const struct jgi_message *message);
/* START of this job without arguments; gives its number. */
uint64_t t_caller_start(struct t_caller *caller, const char *job);

/* The next frame, which the caller frees; NULL: the link has ended. Output is put aside, and what
   is wanted is sent, before that. */
struct t_frame *t_caller_next(struct t_caller *caller);
void t_frame_free(struct t_frame *frame);
/* The next one must be of this kind and number. */
struct t_frame *t_caller_expect(struct t_caller *caller, enum jgi_message_kind kind,
                                uint64_t number);
/* Skips others until one of this kind about this number comes. */
struct t_frame *t_caller_await(struct t_caller *caller, enum jgi_message_kind kind,
                               uint64_t number);
/* The node says goodbye. */
void t_caller_await_end(struct t_caller *caller, jg_status status);

/* A whole call, from START to RELEASED. `cause` has room for 200 bytes; NULL: not wanted. */
jg_status t_caller_run(struct t_caller *caller, const char *job, const void *args, void *ret_value,
                       char *ret_cause);
/* Waits until this stream of this number has so many lines at least. */
void t_caller_await_lines(struct t_caller *caller, int stream, unsigned count);

const struct jgi_job *t_job(const char *name);

#endif
