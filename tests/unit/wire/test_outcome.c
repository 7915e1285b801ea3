/* SPDX-License-Identifier: MIT */
/* A failure comes out as it went in; bytes that are none are refused, and refused whole. */
#include "wire/outcome.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static struct jgi_outcome outcome_of(const char *cause, const char *node, const char *last_output)
{
    struct jgi_outcome outcome = JGI_OUTCOME_INIT;
    outcome.status = JG_ESIGNAL;
    outcome.signal_number = INT_MIN;
    outcome.exit_code = INT_MAX;
    if (cause != NULL) outcome.cause = strdup(cause);
    if (node != NULL) outcome.node = strdup(node);
    if (last_output != NULL) outcome.last_output = strdup(last_output);
    return outcome;
}

/* An empty text is none. */
static void expect_text(const char *got, const char *put)
{
    if (put == NULL || put[0] == '\0')
        cr_expect_null(got);
    else
        cr_expect_str_eq(got, put);
}

Test(outcome, each_text_comes_out_with_or_without_the_others)
{
    static const char *const texts[] = {NULL, "", "a", "two words\nand a line"};
    for (int i = 0; i < 64; i++) {
        const char *cause = texts[i % 4], *node = texts[i / 4 % 4], *output = texts[i / 16];
        struct jgi_outcome put = outcome_of(cause, node, output), got = JGI_OUTCOME_INIT;
        struct jgi_payload payload;
        cr_assert(jgi_outcome_pack(&put, &payload));
        cr_assert(jgi_outcome_unpack(JG_EEXIT, &payload, &got));
        cr_expect_eq(got.status, JG_EEXIT, "the frame's head has it");
        cr_expect_eq(got.signal_number, INT_MIN);
        cr_expect_eq(got.exit_code, INT_MAX);
        cr_expect_eq(got.result.bulk_fd, -1);
        expect_text(got.cause, cause);
        expect_text(got.node, node);
        expect_text(got.last_output, output);
        jgi_outcome_fini(&put);
        jgi_outcome_fini(&got);
        jgi_payload_fini(&payload);
    }
}

/* A copy of the first `size` bytes, so that the address sanitizer sees who reads beyond. */
static bool unpacks(const struct jgi_payload *whole, size_t size)
{
    struct jgi_payload part = JGI_PAYLOAD_INIT;
    struct jgi_outcome kept = outcome_of("kept", NULL, NULL), got = kept;
    part.message_size = size;
    if (size > 0) part.message = memcpy(malloc(size), whole->message, size);
    bool is_good = jgi_outcome_unpack(JG_EEXIT, &part, &got);
    if (!is_good) {
        cr_expect_eq(got.status, JG_ESIGNAL, "untouched");
        cr_expect_str_eq(got.cause, "kept");
    }
    jgi_payload_fini(&part);
    if (is_good) jgi_outcome_fini(&got);
    jgi_outcome_fini(&kept);
    return is_good;
}

Test(outcome, every_prefix_is_refused)
{
    struct jgi_outcome put = outcome_of("cause", "node", "output");
    struct jgi_payload payload;
    cr_assert(jgi_outcome_pack(&put, &payload));
    for (size_t size = 0; size < payload.message_size; size++)
        cr_expect_not(unpacks(&payload, size), "%zu of %zu bytes", size, payload.message_size);
    cr_expect(unpacks(&payload, payload.message_size));
    jgi_outcome_fini(&put);
    jgi_payload_fini(&payload);
}

Test(outcome, long_texts_are_cut_so_that_they_fit_a_frame)
{
    struct jgi_outcome put = outcome_of(NULL, NULL, NULL), got = JGI_OUTCOME_INIT;
    struct jgi_payload payload;
    size_t length = 4 * JGI_BULK_MIN;
    char **texts[] = {&put.cause, &put.node, &put.last_output};
    for (int i = 0; i < 3; i++) {
        *texts[i] = malloc(length + 1);
        memset(*texts[i], 'a' + i, length);
        (*texts[i])[length] = '\0';
    }
    cr_assert(jgi_outcome_pack(&put, &payload));
    cr_expect_lt(payload.message_size, JGI_BULK_MIN);
    cr_assert(jgi_outcome_unpack(JG_EEXIT, &payload, &got));
    cr_expect_eq(strspn(got.cause, "a"), strlen(got.cause));
    cr_expect_eq(strspn(got.node, "b"), strlen(got.node));
    cr_expect_eq(strspn(got.last_output, "c"), strlen(got.last_output));
    cr_expect_gt(strlen(got.last_output), 4096, "what is kept of the output fits");
    jgi_outcome_fini(&put);
    jgi_outcome_fini(&got);
    jgi_payload_fini(&payload);
}

Test(outcome, failing_replaces_what_was_there)
{
    struct jgi_outcome outcome = outcome_of("old", "node", "output");
    outcome.result.message = malloc(8);
    outcome.result.message_size = 8;
    jgi_outcome_fail(&outcome, JG_ETIMEOUT, "after %d ms", 20);
    cr_expect_eq(outcome.status, JG_ETIMEOUT);
    cr_expect_str_eq(outcome.cause, "after 20 ms");
    cr_expect(outcome.node == NULL && outcome.last_output == NULL && outcome.signal_number == 0);
    cr_expect(outcome.result.message == NULL && outcome.result.bulk_fd == -1);
    jgi_outcome_fini(&outcome);
    jgi_outcome_fini(&outcome);
    cr_expect_null(outcome.cause);
}
