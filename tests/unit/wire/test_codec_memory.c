/* SPDX-License-Identifier: MIT */
/* The n-th allocation of each step fails, for every n until the step succeeds: the status is right,
 * nothing is given, nothing is leaked. malloc, calloc and realloc are those below. */
#include "wire/codec.h"

#include "codec_jobs.h"
#include "job_named.h"
#include "jobs.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *bytes, size_t size);
void __real_free(void *bytes);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *bytes, size_t size);
void __wrap_free(void *bytes);

static int until_failure; /* 0: none fails */
static long alive;

static bool is_refused(void)
{
    return until_failure > 0 && --until_failure == 0;
}

void *__wrap_malloc(size_t size)
{
    void *bytes = is_refused() ? NULL : __real_malloc(size);
    alive += bytes != NULL;
    return bytes;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *bytes = is_refused() ? NULL : __real_calloc(count, size);
    alive += bytes != NULL;
    return bytes;
}

void *__wrap_realloc(void *bytes, size_t size)
{
    void *grown = is_refused() ? NULL : __real_realloc(bytes, size);
    alive += grown != NULL && bytes == NULL;
    return grown;
}

void __wrap_free(void *bytes)
{
    alive -= bytes != NULL;
    __real_free(bytes);
}

enum step { STEP_ENCODE, STEP_RUN, STEP_DECODE, STEP_COUNT };

/* The step fails at its n-th allocation; true: it did not get that far. */
static bool expect_failure(const struct jgi_job *job, const void *args, void *value,
                           size_t value_size, enum step failing, int n)
{
    size_t rooms[64];
    struct jgi_payload in = JGI_PAYLOAD_INIT, out = JGI_PAYLOAD_INIT;
    char *text = NULL, untouched[512];
    jg_status status = JG_OK;
    bool is_through = false;
    long before = alive;
    memset(value, 0x5a, value_size);
    memcpy(untouched, value, value_size);
    for (int step = STEP_ENCODE; step < STEP_COUNT && status == JG_OK; step++) {
        until_failure = step == (int)failing ? n : 0;
        status = step == STEP_ENCODE ? jgi_encode_args(job, args, rooms, &in, &text)
                 : step == STEP_RUN  ? jgi_run_job(job, &in, &out, &text)
                                     : jgi_decode_result(job, &out, args, rooms, value, &text);
        if (step == (int)failing) is_through = until_failure > 0;
        until_failure = 0;
    }
    cr_expect(status == JG_OK || (!is_through && status == JG_ENOMEM), "%s: %d", job->name,
              (int)status);
    if (status != JG_OK) cr_expect_eq(memcmp(value, untouched, value_size), 0);
    alive += text != NULL; /* made within libc */
    free(text);
    jgi_payload_fini(&in);
    jgi_payload_fini(&out);
    cr_expect_eq(alive, before, "%s leaks", job->name);
    return is_through;
}

static void expect_all(const char *name, const void *args, void *value, size_t value_size)
{
    const struct jgi_job *job = t_job_named(name);
    for (int step = STEP_ENCODE; step < STEP_COUNT; step++) {
        int n = 1;
        while (n < 1000 && !expect_failure(job, args, value, value_size, step, n))
            n++;
        cr_expect_lt(n, 1000);
    }
}

Test(codec_memory, every_allocation_may_fail)
{
    enum { N = 40 * 1000 };
    struct shape shapes[40] = {{.mood = MERRY}}, turned;
    struct point by = {0}, last = {0}, found[40];
    unsigned char *data = calloc(1, 2 * N);
    double value;
    expect_all("same_double", &(struct same_double_args){.a = 1}, &value, sizeof value);
    expect_all("turned", &(struct turned_args){.s = shapes, .by = &by, .last = &last}, &turned,
               sizeof turned);
    expect_all("search", &(struct search_args){.all = shapes, .n = 40, .found = found}, found,
               sizeof found / 2);
    expect_all("bump", &(struct bump_args){.data = data, .n = 2 * N}, data, 512);
    expect_all("bump", &(struct bump_args){.data = data, .n = 300}, data, 300);
    free(data);
    const char *const texts[] = {"one", "", "two"};
    struct point at = {0};
    short steps[3] = {0};
    size_t sum;
    int number, kinds;
    char name[3];
    expect_all("words", &(struct words_args){.n = 3, .texts = texts}, &sum, sizeof sum);
    expect_all("given",
               &(struct given_args){.text = "", .at = &at, .n = 3, .steps = steps, .name = name},
               &kinds, sizeof kinds);
    expect_all("given", &(struct given_args){.text = "", .number = &number, .n = 3}, &number,
               sizeof number);
}
