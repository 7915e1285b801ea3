/* SPDX-License-Identifier: MIT */
/* How one execution ended: its result, or what is to be told of its failure. */
#ifndef JOBGEN_WIRE_OUTCOME_H
#define JOBGEN_WIRE_OUTCOME_H

#include <jobgen/status.h>
#include <stdbool.h>

#include "payload.h"

struct jgi_outcome {
    jg_status status;
    struct jgi_payload result; /* JG_OK only; owned */
    int signal_number, exit_code;
    char *cause;       /* one sentence without its end; owned; NULL: the status says all */
    char *node;        /* owned; NULL: this machine */
    char *last_output; /* tail of the job's stderr; owned; NULL: none */
};

#define JGI_OUTCOME_INIT ((struct jgi_outcome){.result.bulk_fd = -1})

void jgi_outcome_fini(struct jgi_outcome *outcome);

/* Replaces `outcome` by a failure; without memory for the sentence there is none. */
void jgi_outcome_fail(struct jgi_outcome *outcome, jg_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A failure as the message of a frame, and back (`payload` is borrowed). False: no memory, or bytes
 * that are none. */
bool jgi_outcome_pack(const struct jgi_outcome *failure, struct jgi_payload *ret_payload);
bool jgi_outcome_unpack(jg_status status, const struct jgi_payload *payload,
                        struct jgi_outcome *ret_failure);

#endif
