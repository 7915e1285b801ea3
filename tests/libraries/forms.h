/* SPDX-License-Identifier: MIT */
/* Makes the same calls plainly and in every form of a job, and compares what they give. */
#ifndef TESTS_LIBRARIES_FORMS_H
#define TESTS_LIBRARIES_FORMS_H

#include <jobgen/runtime.h>

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum form { PLAIN, LOCAL, REMOTE, ASYNC, FANOUT, FORM_COUNT };

enum { CALLS_MAX = 16 };

/* All that a run of calls gave, one thing behind the other. */
struct notes {
    unsigned char *bytes;
    size_t size;
    size_t room;
};

void note(struct notes *notes, const void *bytes, size_t size);
#define NOTE(notes, variable) note(notes, &(variable), sizeof(variable))

/* Fills an output before the calls with what no call gives, and no other form leaves there. */
#define UNSET(variable, form) memset(&(variable), 0xa0 + (int)(form), sizeof(variable))

struct check {
    const char *name;
    /* Makes its calls in this form, and notes what they gave. */
    void (*run)(enum form form, struct notes *notes);
};

/* Runs each check in every form; each has to note what it notes when the calls are plain. Prints
   TAP and returns the program's exit code. */
int check_all(const struct check *checks, size_t count);

/* What a check expects whatever the form. */
#define EXPECT(condition) expect(condition, __FILE__, __LINE__, #condition)
void expect(bool is_met, const char *file, int line, const char *condition);

void expect_ok(jg_status status, const char *job);

/* Defines NAME_calls, which calls the job NAME for each of `args`. Behind the name stand the
   arguments of one call, read from the members of `a`. */
#define CALLS(job, ...)                                                                            \
    CALLS_(job, UNSET(results[i], form), results[i].value = job(__VA_ARGS__),                      \
           job##_local(__VA_ARGS__, &results[i].value),                                            \
           job##_remote(__VA_ARGS__, &results[i].value), job##_remote_async(__VA_ARGS__),          \
           job##_await_get(jobs[i], &results[i].value))

/* The same for a job that returns nothing. */
#define CALLS_VOID(job, ...)                                                                       \
    CALLS_(job, UNSET(results[i], form), job(__VA_ARGS__), job##_local(__VA_ARGS__),               \
           job##_remote(__VA_ARGS__), job##_remote_async(__VA_ARGS__), job##_await_get(jobs[i]))

/* The same for a job that returns a struct: `value` of each result points to room for one. */
#define CALLS_RECORD(job, ...)                                                                     \
    CALLS_(job, UNSET(*results[i].value, form), *results[i].value = job(__VA_ARGS__),              \
           job##_local(__VA_ARGS__, results[i].value),                                             \
           job##_remote(__VA_ARGS__, results[i].value), job##_remote_async(__VA_ARGS__),           \
           job##_await_get(jobs[i], results[i].value))

#define CALLS_(job, unset, plain, local, remote, async, get)                                       \
    static void job##_calls(enum form form, const struct job##_args *args, size_t count,           \
                            struct job##_result *results)                                          \
    {                                                                                              \
        job##_job *jobs[CALLS_MAX] = {0};                                                          \
        for (size_t i = 0; i < count; i++) {                                                       \
            const struct job##_args *a = &args[i];                                                 \
            unset;                                                                                 \
            results[i].status = JG_OK;                                                             \
            if (form == PLAIN) plain;                                                              \
            if (form == LOCAL) results[i].status = local;                                          \
            if (form == REMOTE) results[i].status = remote;                                        \
            if (form == ASYNC) jobs[i] = async;                                                    \
        }                                                                                          \
        for (size_t i = 0; i < count && form == ASYNC; i++)                                        \
            results[i].status = get;                                                               \
        if (form == FANOUT) (void)job##_remote_fanout(args, count, results);                       \
        for (size_t i = 0; i < count; i++)                                                         \
            expect_ok(results[i].status, #job);                                                    \
    }

#endif
