/* SPDX-License-Identifier: MIT */
#include "forms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const form_names[FORM_COUNT] = {"plain", "_local", "_remote", "_remote_async",
                                                   "_remote_fanout"};
static bool has_failed;

void note(struct notes *notes, const void *bytes, size_t size)
{
    if (notes->size + size > notes->room) {
        notes->room = 2 * (notes->size + size);
        notes->bytes = realloc(notes->bytes, notes->room);
        if (notes->bytes == NULL) {
            printf("Bail out! out of memory\n");
            exit(1);
        }
    }
    if (size > 0) memcpy(notes->bytes + notes->size, bytes, size);
    notes->size += size;
}

void expect(bool is_met, const char *file, int line, const char *condition)
{
    if (is_met) return;
    has_failed = true;
    printf("# %s:%d: %s\n", file, line, condition);
}

void expect_ok(jg_status status, const char *job)
{
    if (status == JG_OK) return;
    has_failed = true;
    printf("# %s: %s: %s\n", job, jg_strerror(status), jg_last_failure()->cause);
}

static void compare(const struct notes *plain, const struct notes *notes)
{
    size_t at = 0, least = plain->size < notes->size ? plain->size : notes->size;
    while (at < least && plain->bytes[at] == notes->bytes[at])
        at++;
    if (at == plain->size && at == notes->size) return;
    has_failed = true;
    printf("# %zu bytes, plainly %zu; the first difference is at %zu\n", notes->size, plain->size,
           at);
}

int check_all(const struct check *checks, size_t count)
{
    size_t number = 0;
    bool is_good = true;
    printf("1..%zu\n", count * FORM_COUNT);
    for (const struct check *check = checks; check < checks + count; check++) {
        struct notes plain = {0};
        for (enum form form = PLAIN; form < FORM_COUNT; form++) {
            struct notes notes = {0};
            has_failed = false;
            check->run(form, &notes);
            expect(notes.size > 0, __FILE__, __LINE__, "the check notes something");
            if (form == PLAIN)
                plain = notes;
            else
                compare(&plain, &notes);
            printf("%s %zu - %s, %s\n", has_failed ? "not ok" : "ok", ++number, check->name,
                   form_names[form]);
            is_good = is_good && !has_failed;
            if (form != PLAIN) free(notes.bytes);
        }
        free(plain.bytes);
    }
    return is_good ? 0 : 1;
}
