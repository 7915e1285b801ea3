/* SPDX-License-Identifier: MIT */
/* What generated code of random signatures decodes (tests/roundtrip makes them, of all the
 * language): arguments in the worker, results in the caller. They are taken or refused, nothing
 * beyond what has come or was told is read or allocated, and a refused result has touched nothing.
 *
 * Byte 0: the job. Byte 1: 1 for a result, plus 2 for what a caller or worker would have sent,
 * changed by what follows: three bytes each, where (two bytes) and what; else that is all. Byte 2:
 * the values. */
#include "asked.h"
#include "job_named.h"
#include "support.h"
#include "wire/codec.h"

#include <jobgen/stub.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Arguments may ask for any room; what is larger than this is memory that is not there. */
enum { ROOM_MAX = 16 * 1024 * 1024, ASKED_MIN = 256 * 1024, ASKED_PER_BYTE = 2048, ROOMS_MAX = 64 };

static bool is_refusal(jg_status status)
{
    return status == JG_EARGS || status == JG_EPROTOCOL || status == JG_ENOMEM;
}

/* A call as a caller makes it, and its encoding. */
struct attempt {
    const struct signature *signature;
    const struct jgi_job *job;
    void *call;
    _Alignas(64) unsigned char args[1024];
    size_t rooms[ROOMS_MAX];
    struct jgi_payload sent;
};

static void begin(struct attempt *attempt, const struct signature *signature, uint64_t seed)
{
    struct source from = {seed, MIXED};
    char *text = NULL;
    *attempt = (struct attempt){.signature = signature, .job = t_job_named(signature->name)};
    attempt->sent = (struct jgi_payload)JGI_PAYLOAD_INIT;
    attempt->call = calloc(1, signature->call_size);
    if (attempt->call == NULL || attempt->job->args_size > sizeof attempt->args ||
        attempt->job->room_count > ROOMS_MAX)
        abort();
    signature->make(attempt->call, &from);
    signature->item(attempt->call, attempt->args);
    if (jgi_encode_args(attempt->job, attempt->args, attempt->rooms, &attempt->sent, &text) !=
        JG_OK)
        abort();
}

static void end(struct attempt *attempt, bool has_value)
{
    attempt->signature->end(attempt->call, has_value);
    free(attempt->call);
    jgi_payload_fini(&attempt->sent);
    jgi_forget_rooms(attempt->job, attempt->rooms);
}

static jg_status run(const struct attempt *attempt, const struct jgi_payload *args,
                     struct jgi_payload *ret_result)
{
    char *text = NULL;
    jg_status status = jgi_run_job(attempt->job, args, ret_result, &text);
    free(text);
    return status;
}

static struct sink seen(const struct attempt *attempt)
{
    struct sink sink = {.is_text = true};
    put(&sink, "call", "", 0);
    attempt->signature->put(&sink, attempt->call, false);
    return sink;
}

/* True: the result was taken, and there is a value. */
static bool decode(struct attempt *attempt, const struct jgi_payload *result)
{
    char *text = NULL;
    struct sink before = seen(attempt);
    void *value = (char *)attempt->call + attempt->signature->value_offset;
    t_asked = 0;
    jg_status status =
        jgi_decode_result(attempt->job, result, attempt->args, attempt->rooms, value, &text);
    free(text);
    if (t_asked > ASKED_MIN + ASKED_PER_BYTE * result->message_size) abort();
    if (status != JG_OK && !is_refusal(status)) abort();
    if (status == JG_OK) {
        struct sink sink = {0}; /* all that was given can be read */
        attempt->signature->put(&sink, attempt->call, true);
    } else {
        struct sink after_it = seen(attempt);
        if (after_it.size != before.size || memcmp(after_it.text, before.text, before.size) != 0)
            abort();
        free(after_it.text);
    }
    free(before.text);
    return status == JG_OK;
}

static void change(struct jgi_payload *payload, const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at + 3 <= size && payload->message_size > 0; at += 3) {
        uint8_t *message = payload->message;
        size_t where = (bytes[at] | (size_t)bytes[at + 1] << 8) % payload->message_size;
        message[where] = bytes[at + 2];
    }
}

static void replace(struct jgi_payload *payload, const uint8_t *bytes, size_t size)
{
    jgi_payload_fini(payload);
    *payload = (struct jgi_payload)JGI_PAYLOAD_INIT;
    payload->message_size = size;
    payload->message = malloc(size + 1);
    if (payload->message == NULL) abort();
    memcpy(payload->message, bytes, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct attempt attempt;
    struct jgi_payload result = JGI_PAYLOAD_INIT;
    t_asked_most = ROOM_MAX;
    if (size < 3) return 0;
    bool is_result = bytes[1] % 2 != 0, is_changed = bytes[1] / 2 % 2 != 0, has_value = false;
    begin(&attempt, &signatures[bytes[0] % signature_count], bytes[2]);
    if (is_result) {
        if (run(&attempt, &attempt.sent, &result) != JG_OK) abort();
        (is_changed ? change : replace)(&result, bytes + 3, size - 3);
        has_value = decode(&attempt, &result);
    } else {
        (is_changed ? change : replace)(&attempt.sent, bytes + 3, size - 3);
        jg_status status = run(&attempt, &attempt.sent, &result);
        if (status != JG_OK && !is_refusal(status)) abort();
    }
    jgi_payload_fini(&result);
    end(&attempt, has_value);
    return 0;
}
