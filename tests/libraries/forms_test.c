/* SPDX-License-Identifier: MIT */
/* Checks that must fail: what differs between forms, and a status that is not JG_OK. */
#include "forms_jobs.h"

#include "forms.h"

#include <unistd.h>

/* @job */
int process(int offset)
{
    return offset + (int)getpid();
}

/* @job
 * @out bytes[4] used(0)
 */
void nothing(unsigned char *bytes)
{
    (void)bytes;
}

/* @job */
void fail(int is_wanted)
{
    if (is_wanted) jg_fail("asked to");
}

CALLS(process, a->offset)
CALLS_VOID(nothing, a->bytes)
CALLS_VOID(fail, a->is_wanted)

static void processes(enum form form, struct notes *notes)
{
    struct process_args args = {0};
    struct process_result result;
    process_calls(form, &args, 1, &result);
    NOTE(notes, result.value);
}

static void unset(enum form form, struct notes *notes)
{
    unsigned char bytes[4];
    struct nothing_args args = {bytes};
    struct nothing_result result;
    UNSET(bytes, form);
    nothing_calls(form, &args, 1, &result);
    NOTE(notes, bytes);
}

static void failures(enum form form, struct notes *notes)
{
    struct fail_args args = {form != PLAIN};
    struct fail_result result;
    fail_calls(form, &args, 1, &result);
    note(notes, "", 1);
}

int main(void)
{
    static const struct check checks[] = {
        {"processes", processes}, {"outputs that are not set", unset}, {"failures", failures}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
