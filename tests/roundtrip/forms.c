/* SPDX-License-Identifier: MIT */
/* Runs every signature with many values: what the plain call gives, all forms give, bit for bit;
 * and a call that fails leaves everything as it was. Prints TAP. */
#include "support.h"

#include <jobgen/runtime.h>

#include <stdio.h>

enum { ROUNDS = 6, FAN = 3 };

static const char *const form_names[FORM_COUNT] = {"plain",       "local",      "remote",
                                                   "local async", "remote try", "value not wanted"};

static const struct signature *signature;
static uint64_t seed;
static bool has_failed;

static void *made(size_t round, size_t item)
{
    static const enum mode modes[] = {ZEROS, ONES, LARGE};
    struct source from = {seed + 1000 * round + item, round < 3 ? modes[round] : MIXED};
    char *call = calloc(1, signature->call_size);
    if (call == NULL) abort();
    for (int i = 0; i < 4; i++)
        (void)next(&from);
    signature->make(call, &from);
    return call;
}

static struct sink seen(const void *call, bool has_value)
{
    struct sink sink = {.is_text = true};
    put(&sink, "call", "", 0);
    signature->put(&sink, call, has_value);
    return sink;
}

static void end(void *call, bool has_value)
{
    signature->end(call, has_value);
    free(call);
}

static void tell_line(const char *who, const char *line)
{
    int length = (int)strcspn(line, "\n");
    printf("#   %s: %.*s\n", who, length > 300 ? 300 : length, line);
}

/* The first line that differs, and all that stand before it. */
static void tell(const char *form, size_t round, const struct sink *expected,
                 const struct sink *found)
{
    const char *a = expected->text, *b = found->text;
    has_failed = true;
    printf("# %s\n# differs: %s, round %zu\n", signature->text, form, round);
    for (;;) {
        size_t a_length = strcspn(a, "\n"), b_length = strcspn(b, "\n");
        if (a_length != b_length || memcmp(a, b, a_length) != 0) break;
        tell_line("both", a);
        if (a[a_length] == '\0') return;
        a += a_length + 1, b += b_length + 1;
    }
    tell_line("expected", a);
    tell_line("found", b);
}

static void compare(const char *form, size_t round, const struct sink *expected, const void *call,
                    bool has_value)
{
    struct sink found = seen(call, has_value);
    if (found.size != expected->size || memcmp(found.text, expected->text, found.size) != 0)
        tell(form, round, expected, &found);
    free(found.text);
}

static void expect_status(const char *form, size_t round, int expected, int status)
{
    if (status == expected) return;
    has_failed = true;
    printf("# %s\n# %s, round %zu: status %d instead of %d\n", signature->text, form, round, status,
           expected);
    if (status != JG_OK && jg_last_failure() != NULL) printf("#   %s\n", jg_last_failure()->cause);
}

static void check_guards(const char *form, size_t round)
{
    if (rooms_are_whole()) return;
    has_failed = true;
    printf("# %s\n# %s, round %zu: bytes around a room were written\n", signature->text, form,
           round);
}

static void run_forms(size_t round)
{
    void *call = made(round, 0);
    (void)signature->run(call, PLAIN);
    struct sink expected = seen(call, true), without = seen(call, false);
    end(call, true);
    check_guards("plain", round);
    for (enum form form = LOCAL; form < FORM_COUNT; form++) {
        bool has_value = form != NOT_WANTED;
        call = made(round, 0);
        int status = signature->run(call, form);
        expect_status(form_names[form], round, JG_OK, status);
        if (status == JG_OK)
            compare(form_names[form], round, has_value ? &expected : &without, call, has_value);
        end(call, has_value && status == JG_OK);
        check_guards(form_names[form], round);
    }
    free(expected.text);
    free(without.text);
}

static void run_fan_out(size_t round)
{
    struct sink expected[FAN];
    int statuses[FAN];
    char *calls = calloc(FAN, signature->call_size);
    if (calls == NULL) abort();
    for (size_t i = 0; i < FAN; i++) {
        void *call = made(round, i);
        (void)signature->run(call, PLAIN);
        expected[i] = seen(call, true);
        end(call, true);
        call = made(round, i);
        memcpy(calls + i * signature->call_size, call, signature->call_size);
        free(call);
    }
    expect_status("fan-out", round, JG_OK, signature->fan_out(calls, FAN, statuses));
    for (size_t i = 0; i < FAN; i++) {
        void *call = calls + i * signature->call_size;
        expect_status("item", round, JG_OK, statuses[i]);
        if (statuses[i] == JG_OK) compare("fan-out", round, &expected[i], call, true);
        signature->end(call, statuses[i] == JG_OK);
        free(expected[i].text);
    }
    check_guards("fan-out", round);
    free(calls);
}

/* Refused or failed: nothing has been touched. */
static void run_spoilt(const struct spoiler *spoiler, size_t round)
{
    for (enum form form = LOCAL; form < FORM_COUNT; form++) {
        void *call = made(round, 0);
        if (spoiler->spoil(call)) {
            struct sink before = seen(call, false);
            expect_status(spoiler->name, round, spoiler->status, signature->run(call, form));
            compare(spoiler->name, round, &before, call, false);
            free(before.text);
        }
        end(call, false);
        check_guards(spoiler->name, round);
    }
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    bool has_any_failed = false;
    printf("1..%zu\n", signature_count);
    for (size_t i = 0; i < signature_count; i++) {
        signature = &signatures[i];
        seed = (first + i) * UINT64_C(0x100000000);
        has_failed = false;
        for (size_t round = 0; round < ROUNDS; round++) {
            run_forms(round);
            run_fan_out(round);
        }
        for (const struct spoiler *spoiler = signature->spoilers; spoiler->name; spoiler++)
            for (size_t round = 1; round < ROUNDS; round += 2)
                run_spoilt(spoiler, round);
        printf("%s %zu - %s\n", has_failed ? "not ok" : "ok", i + 1, signature->text);
        (void)fflush(stdout);
        has_any_failed |= has_failed;
    }
    return has_any_failed;
}
