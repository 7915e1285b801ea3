/* SPDX-License-Identifier: MIT */
/* Calls of the jobs of codec_jobs.c step by step, in this process. */
#ifndef TEST_CODEC_CALL_H
#define TEST_CODEC_CALL_H

#include "wire/codec.h"

#include "codec_jobs.h"
#include "job_named.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* One call, cut into its three steps. */
struct t_call {
    const struct jgi_job *job;
    const void *args;
    size_t rooms[64];
    struct jgi_payload in, out;
    char *text; /* of what failed */
};

static inline struct t_call t_call_new(const char *name, const void *args)
{
    struct t_call call = {.job = t_job_named(name), .args = args};
    call.in = call.out = JGI_PAYLOAD_INIT;
    cr_assert_leq(call.job->room_count, 64);
    return call;
}

static inline void t_call_fini(struct t_call *call)
{
    jgi_payload_fini(&call->in);
    jgi_payload_fini(&call->out);
    free(call->text);
    call->text = NULL;
}

static inline jg_status t_call_encode(struct t_call *call)
{
    return jgi_encode_args(call->job, call->args, call->rooms, &call->in, &call->text);
}

static inline jg_status t_call_run(struct t_call *call)
{
    return jgi_run_job(call->job, &call->in, &call->out, &call->text);
}

static inline jg_status t_call_decode(struct t_call *call, void *ret_value)
{
    return jgi_decode_result(call->job, &call->out, call->args, call->rooms, ret_value,
                             &call->text);
}

static inline struct shape t_some_shape(void)
{
    struct shape shape;
    memset(&shape, 0, sizeof shape);
    shape.corners[0].x = -0.0;
    shape.corners[2].y = 2.5;
    shape.mood = MERRY;
    memcpy(shape.name, "a\0b\xff\xfe", 5);
    shape.steps[1][0] = INT16_MIN;
    shape.marks[2] = UINT16_MAX;
    shape.flags[3] = true;
    shape.inner.is_set = true;
    shape.inner.tiny = -128;
    shape.inner.small = 65535;
    shape.wide[1] = LLONG_MIN;
    return shape;
}

#endif
