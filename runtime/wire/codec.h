/* SPDX-License-Identifier: MIT */
/* The runtime's side of the codec: runs a job's generated encode, run and decode functions over
 * payloads. */
#ifndef JOBGEN_WIRE_CODEC_H
#define JOBGEN_WIRE_CODEC_H

#include <jobgen/stub.h>

#include "payload.h"

/* On failure *ret_text is one malloc'ed sentence naming parameter and value, or NULL; the payload
 * stays empty. What `rooms` holds is to be forgotten. */
jg_status jgi_encode_args(const struct jgi_job *job, const void *args, size_t *rooms,
                          struct jgi_payload *ret_args, char **ret_text);

/* Frees what encoding has noted; again: nothing. */
void jgi_forget_rooms(const struct jgi_job *job, size_t *rooms);

/* In a worker: decodes `args` (borrowed), runs the function, gives its result. */
jg_status jgi_run_job(const struct jgi_job *job, const struct jgi_payload *args,
                      struct jgi_payload *ret_result, char **ret_text);

/* Checks `result` (borrowed) whole, then fills the outputs behind `args` and `ret_value`; untouched
 * on failure. */
jg_status jgi_decode_result(const struct jgi_job *job, const struct jgi_payload *result,
                            const void *args, const size_t *rooms, void *ret_value,
                            char **ret_text);

#endif
