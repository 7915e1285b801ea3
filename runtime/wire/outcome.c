/* SPDX-License-Identifier: MIT */
/* How one execution ended: its result, or what is to be told of its failure. */
#define _GNU_SOURCE
#include "outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void jgi_outcome_fini(struct jgi_outcome *outcome)
{
    jgi_payload_fini(&outcome->result);
    free(outcome->cause);
    free(outcome->node);
    free(outcome->last_output);
    *outcome = JGI_OUTCOME_INIT;
}

void jgi_outcome_fail(struct jgi_outcome *outcome, jg_status status, const char *format, ...)
{
    va_list args;
    char *cause;
    va_start(args, format);
    if (vasprintf(&cause, format, args) < 0) cause = NULL;
    va_end(args);
    jgi_outcome_fini(outcome);
    outcome->status = status;
    outcome->cause = cause;
}

/* The message: signal number, exit code, then cause, node and last output, each up to its NUL; an
 * empty one is none. */
enum { NUMBERS_SIZE = 2 * sizeof(int32_t), TEXT_COUNT = 3 };

bool jgi_outcome_pack(const struct jgi_outcome *failure, struct jgi_payload *ret_payload)
{
    const char *texts[TEXT_COUNT] = {failure->cause, failure->node, failure->last_output};
    size_t size = NUMBERS_SIZE;
    for (int i = 0; i < TEXT_COUNT; i++)
        size += (texts[i] == NULL ? 0 : strnlen(texts[i], JGI_BULK_MIN / 4)) + 1;
    uint8_t *message = calloc(1, size);
    if (message == NULL) return false;
    int32_t numbers[2] = {failure->signal_number, failure->exit_code};
    memcpy(message, numbers, sizeof numbers);
    uint8_t *to = message + NUMBERS_SIZE;
    for (int i = 0; i < TEXT_COUNT; i++) {
        size_t length = texts[i] == NULL ? 0 : strnlen(texts[i], JGI_BULK_MIN / 4);
        if (length > 0) memcpy(to, texts[i], length);
        to += length + 1;
    }
    *ret_payload = JGI_PAYLOAD_INIT;
    ret_payload->message = message;
    ret_payload->message_size = size;
    return true;
}

bool jgi_outcome_unpack(jg_status status, const struct jgi_payload *payload,
                        struct jgi_outcome *ret_failure)
{
    struct jgi_outcome failure = JGI_OUTCOME_INIT;
    char **texts[TEXT_COUNT] = {&failure.cause, &failure.node, &failure.last_output};
    int32_t numbers[2];
    if (payload->message_size < NUMBERS_SIZE) return false;
    memcpy(numbers, payload->message, sizeof numbers);
    failure.status = status;
    failure.signal_number = numbers[0];
    failure.exit_code = numbers[1];
    const char *from = (const char *)payload->message + NUMBERS_SIZE;
    size_t left = payload->message_size - NUMBERS_SIZE;
    for (int i = 0; i < TEXT_COUNT; i++) {
        size_t length = strnlen(from, left);
        if (length == left) {
            jgi_outcome_fini(&failure);
            return false;
        }
        if (length > 0) *texts[i] = strdup(from);
        from += length + 1;
        left -= length + 1;
    }
    *ret_failure = failure;
    return true;
}
