/* SPDX-License-Identifier: MIT */
/* Messages of structs with pointers that anybody may have sent: each byte of them changed, and each
 * cut short. What is refused touches nothing; what is taken stays within its memory. */
#include "wire/codec.h"

#include "job_named.h"
#include "member_jobs.h"
#include "members.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* All that a shelf refers to, in memory of its own, so that a byte beyond it is noticed. */
struct state {
    struct shelf shelf;
    struct box *boxes;
    struct box as_made[2]; /* pointers may come back moved */
    uint8_t *bytes;
};

static struct state state_new(void)
{
    struct state state = {.boxes = calloc(2, sizeof *state.boxes), .bytes = calloc(3, 1)};
    for (unsigned i = 0; i < 2; i++) {
        state.boxes[i] =
            (struct box){calloc(4, 1), (uint8_t)(i + 1), calloc(i + 1, 2), calloc(1, 1)};
        memcpy(state.boxes[i].name, "abc", 4);
        state.boxes[i].weights[i] = 7;
        state.as_made[i] = state.boxes[i];
    }
    state.shelf = (struct shelf){.count = 2,
                                 .left = 3,
                                 .used = 1,
                                 .room = 1,
                                 .boxes = state.boxes,
                                 .at = state.bytes,
                                 .notes = calloc(1, sizeof(int)),
                                 .label = strdup("label")};
    return state;
}

static void state_free(struct state *state)
{
    for (unsigned i = 0; i < 2; i++) {
        free(state->as_made[i].name);
        free(state->as_made[i].weights);
        free(state->as_made[i].is_full);
    }
    free(state->boxes);
    free(state->bytes);
    free(state->shelf.notes);
    free(state->shelf.label);
}

static void expect_untouched(const struct state *state)
{
    struct state other = state_new();
    const struct shelf *is = &state->shelf, *was = &other.shelf;
    cr_expect(is->count == 2 && is->left == 3 && is->used == 1 && is->room == 1);
    cr_expect(is->boxes == state->boxes && is->at == state->bytes && is->notes[0] == 0);
    cr_expect_str_eq(is->label, was->label);
    for (unsigned i = 0; i < 2; i++) {
        cr_expect_eq(state->boxes[i].count, i + 1);
        cr_expect_eq(memcmp(state->boxes[i].weights, other.boxes[i].weights, 2 * (i + 1)), 0);
        cr_expect_str_eq(state->boxes[i].name, "abc");
        cr_expect(!*state->boxes[i].is_full);
    }
    state_free(&other);
}

/* The message with one byte changed, or cut at it. */
static struct jgi_payload changed(const struct jgi_payload *payload, size_t at, int change)
{
    struct jgi_payload copy = JGI_PAYLOAD_INIT;
    copy.message = malloc(payload->message_size);
    copy.message_size = change < 0 ? at : payload->message_size;
    memcpy(copy.message, payload->message, copy.message_size);
    if (change >= 0) copy.message[at] = (uint8_t)(copy.message[at] ^ change);
    return copy;
}

static const int changes[] = {-1, 1, 2, 3, 4, 8, 0x40, 0x7f, 0x80, 0xff};
enum { CHANGES = sizeof changes / sizeof *changes };

/* Encodes, and runs what comes of that. */
static void call_tidy(struct state *state, size_t *rooms, struct jgi_payload *ret_args,
                      struct jgi_payload *ret_result)
{
    char *text = NULL;
    const struct jgi_job *job = t_job_named("tidy");
    struct tidy_args args = {&state->shelf};
    cr_assert_leq(job->room_count, 8);
    cr_assert_eq(jgi_encode_args(job, &args, rooms, ret_args, &text), JG_OK, "%s", text);
    cr_assert_eq(jgi_run_job(job, ret_args, ret_result, &text), JG_OK, "%s", text);
}

Test(codec_members, any_arguments_are_taken_or_refused)
{
    struct state state = state_new();
    size_t rooms[8], refused = 0, taken = 0;
    struct jgi_payload args = JGI_PAYLOAD_INIT, result = JGI_PAYLOAD_INIT;
    call_tidy(&state, rooms, &args, &result);
    for (size_t at = 0; at < args.message_size; at++)
        for (size_t c = 0; c < CHANGES; c++) {
            char *text = NULL;
            struct jgi_payload in = changed(&args, at, changes[c]), out = JGI_PAYLOAD_INIT;
            jg_status status = jgi_run_job(t_job_named("tidy"), &in, &out, &text);
            cr_expect(status == JG_OK || status == JG_EPROTOCOL, "%d: %s", (int)status, text);
            taken += status == JG_OK;
            refused += status == JG_EPROTOCOL;
            free(text);
            jgi_payload_fini(&in);
            jgi_payload_fini(&out);
        }
    cr_expect(taken > 10 && refused > 100, "%zu, %zu", taken, refused);
    jgi_forget_rooms(t_job_named("tidy"), rooms);
    jgi_payload_fini(&args);
    jgi_payload_fini(&result);
    state_free(&state);
}

static bool decode_tidy(size_t at, int change, bool *ret_is_over)
{
    struct state state = state_new();
    size_t rooms[8];
    char *text = NULL;
    int value = 77;
    struct jgi_payload args = JGI_PAYLOAD_INIT, result = JGI_PAYLOAD_INIT;
    call_tidy(&state, rooms, &args, &result);
    *ret_is_over = at >= result.message_size;
    jg_status status = JG_OK;
    if (!*ret_is_over) {
        struct jgi_payload bytes = changed(&result, at, change);
        struct tidy_args shallow = {&state.shelf};
        status = jgi_decode_result(t_job_named("tidy"), &bytes, &shallow, rooms, &value, &text);
        cr_expect(status == JG_OK || status == JG_EPROTOCOL, "%d: %s", (int)status, text);
        if (status != JG_OK) expect_untouched(&state);
        jgi_payload_fini(&bytes);
    }
    free(text);
    jgi_forget_rooms(t_job_named("tidy"), rooms);
    jgi_payload_fini(&args);
    jgi_payload_fini(&result);
    state_free(&state);
    return status == JG_OK;
}

Test(codec_members, any_result_is_given_whole_or_not_at_all)
{
    size_t given = 0, refused = 0;
    bool is_over = false;
    for (size_t at = 0; !is_over; at++)
        for (size_t c = 0; !is_over && c < CHANGES; c++) {
            bool is_given = decode_tidy(at, changes[c], &is_over);
            given += is_given;
            refused += !is_given;
        }
    cr_expect(given > 10 && refused > 100, "%zu, %zu", given, refused);
}

static void shelf_free(struct shelf *shelf)
{
    for (unsigned i = 0; i < shelf->count; i++) {
        free(shelf->boxes[i].name);
        free(shelf->boxes[i].weights);
        free(shelf->boxes[i].is_full);
    }
    free(shelf->boxes);
    free((void *)shelf->at);
    free(shelf->notes);
    free(shelf->label);
}

Test(codec_members, any_owned_result_is_allocated_whole_or_not_at_all)
{
    const struct jgi_job *job = t_job_named("build");
    struct build_args args = {2};
    struct jgi_payload in = JGI_PAYLOAD_INIT, out = JGI_PAYLOAD_INIT;
    size_t rooms[8], given = 0, refused = 0;
    char *text = NULL;
    cr_assert_eq(jgi_encode_args(job, &args, rooms, &in, &text), JG_OK);
    cr_assert_eq(jgi_run_job(job, &in, &out, &text), JG_OK, "%s", text);
    for (size_t at = 0; at < out.message_size; at++)
        for (size_t c = 0; c < CHANGES; c++) {
            struct shelf shelf = {.count = 99};
            struct jgi_payload bytes = changed(&out, at, changes[c]);
            jg_status status = jgi_decode_result(job, &bytes, &args, rooms, &shelf, &text);
            cr_expect(status == JG_OK || status == JG_EPROTOCOL, "%d: %s", (int)status, text);
            if (status == JG_OK && shelf.boxes != NULL) {
                shelf_free(&shelf);
                given++;
            } else if (status == JG_OK) { /* what there is of it, without boxes */
                shelf.count = 0;
                shelf_free(&shelf);
            } else {
                cr_expect_eq(shelf.count, 99);
                refused++;
            }
            free(text);
            text = NULL;
            jgi_payload_fini(&bytes);
        }
    cr_expect(given > 10 && refused > 100, "%zu, %zu", given, refused);
    cr_expect_eq(jgi_decode_result(job, &out, &args, rooms, NULL, &text), JG_OK);
    jgi_payload_fini(&in);
    jgi_payload_fini(&out);
}
