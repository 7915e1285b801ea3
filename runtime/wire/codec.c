/* SPDX-License-Identifier: MIT */
/* The three ways through a job's generated functions. */
#include "codec.h"

#include "codec_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void jgi_trouble_set(struct jgi_trouble *trouble, jg_status status, const char *format, ...)
{
    va_list args;
    if (trouble->status != JG_OK) return;
    trouble->status = status;
    va_start(args, format);
    if (vasprintf(&trouble->text, format, args) < 0) trouble->text = NULL;
    va_end(args);
}

void jgi_mappings_fini(struct jgi_mapping **mappings)
{
    for (struct jgi_mapping *mapping = *mappings; mapping != NULL; mapping = mapping->next) {
        struct jgi_view alone = {.map = mapping->address, .size = mapping->size, .place = -1};
        if (!mapping->is_borrowed) jgi_payload_close_later(&alone);
    }
    *mappings = NULL;
}

/* Hands on the payload, or else the sentence. */
static jg_status encoder_end(struct jgi_encoder *out, jg_status status,
                             struct jgi_payload *ret_payload, char **ret_text)
{
    if (status == JG_OK) {
        *ret_payload = out->payload;
        out->payload = JGI_PAYLOAD_INIT;
    } else {
        *ret_text = out->trouble.text;
        out->trouble.text = NULL;
    }
    jgi_encoder_fini(out, status == JG_OK);
    return status;
}

/* In the first number, for the result. */
static jg_status keep_rooms(struct jgi_encoder *out, size_t *rooms)
{
    struct jgi_rooms *kept = malloc(sizeof *kept);
    if (kept == NULL) {
        jgi_trouble_set(&out->trouble, JG_ENOMEM, "no memory for the values of job '%s'",
                        out->job->name);
        return JG_ENOMEM;
    }
    *kept = out->own_rooms;
    jgi_rooms_init(&out->own_rooms);
    rooms[0] = (size_t)(uintptr_t)kept;
    return JG_OK;
}

jg_status jgi_encode_args(const struct jgi_job *job, const void *args, size_t *rooms,
                          struct jgi_payload *ret_args, char **ret_text)
{
    struct jgi_encoder out;
    jgi_encoder_init(&out, job);
    if (job->has_rooms) rooms[0] = 0;
    jg_status status = job->encode(&out, args, rooms);
    if (job->has_rooms && status == JG_OK) status = keep_rooms(&out, rooms);
    return encoder_end(&out, status, ret_args, ret_text);
}

void jgi_forget_rooms(const struct jgi_job *job, size_t *rooms)
{
    if (!job->has_rooms) return;
    struct jgi_rooms *kept = (struct jgi_rooms *)(uintptr_t)rooms[0];
    if (kept != NULL) jgi_rooms_fini(kept);
    free(kept);
    rooms[0] = 0;
}

jg_status jgi_run_job(const struct jgi_job *job, const struct jgi_payload *args,
                      struct jgi_payload *ret_result, char **ret_text)
{
    struct jgi_decoder in;
    struct jgi_encoder out;
    jgi_decoder_init(&in, job, args);
    jgi_encoder_init(&out, job);
    in.out = &out;
    out.member_rooms = in.member_rooms;
    jg_status status = job->run(&in, &out);
    if (in.trouble.text != NULL) {
        free(out.trouble.text);
        out.trouble.text = in.trouble.text;
        in.trouble.text = NULL;
    }
    out.member_rooms = &out.own_rooms;
    jgi_decoder_fini(&in);
    return encoder_end(&out, status, ret_result, ret_text);
}

jg_status jgi_decode_result(const struct jgi_job *job, const struct jgi_payload *result,
                            const void *args, const size_t *rooms, void *ret_value, char **ret_text)
{
    struct jgi_decoder in;
    jgi_decoder_init(&in, job, result);
    if (job->has_rooms && rooms[0] != 0) in.member_rooms = (struct jgi_rooms *)(uintptr_t)rooms[0];
    jg_status status = job->decode(&in, args, rooms, ret_value);
    if (status != JG_OK) {
        *ret_text = in.trouble.text;
        in.trouble.text = NULL;
    }
    jgi_decoder_fini(&in);
    return status;
}
