/* SPDX-License-Identifier: MIT */
/* Every form of call once, while something fails somewhere: each call ends, with a status that
 * fits, and what failed has touched no output. Exit 0, or 1 with a sentence on stderr. */
#include <dirent.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inject.h"
#include "jobs.h"

enum { BULK = 100 * 1000, ITEMS = 3, SETTLE_MS = 30 * 1000, LONG_MS = 60 * 1000 };

/* @job */
uint32_t square(uint32_t n)
{
    return n * n;
}

/* @job(isolation = reuse) */
uint32_t next(uint32_t n)
{
    return n + 1;
}

/* @job
 * @in bytes[size]
 * @out out[size]
 */
void invert(const uint8_t *bytes, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)~bytes[i];
}

/* @job
 * @out return owned string
 */
char *greet(const char *name)
{
    char *text = aligned_alloc(16, 64); /* does not count */
    if (text == NULL || strlen(name) > 50) abort();
    (void)sprintf(text, "Hello, %s", name);
    return text;
}

/* More than a pipe holds: it ends only if somebody reads.
 *
 * @job
 */
void shout(void)
{
    for (int line = 0; line < 3000; line++)
        (void)printf("line %060d\n", line);
}

/* Calls others by each form; gives the first status that is none.
 *
 * @job
 */
int32_t caller(uint32_t n)
{
    static const struct next_args items[ITEMS] = {{1}, {2}, {3}};
    struct next_result results[ITEMS];
    uint32_t value = 0;
    jg_status status = square_remote(n, &value);
    if (status != JG_OK) return (int32_t)status;
    square_job *handle = square_remote_async(n);
    jg_job *any[] = {square_as_job(handle)};
    if (handle != NULL) status = jg_wait_all(any, 1, LONG_MS);
    if (status != JG_OK) square_cancel(handle);
    if (status != JG_OK) return (int32_t)status;
    status = square_await_get(handle, &value);
    if (status != JG_OK) return (int32_t)status;
    square_cancel(square_remote_async(n));
    return (int32_t)next_remote_fanout(items, ITEMS, results);
}

static bool is_bad, may_be_full;

static void fail(const char *form, const char *why)
{
    is_bad = true;
    (void)fprintf(stderr, "%s: %s\n", form, why);
}

/* `is_right`: the outputs are as the status says. */
static void check(const char *form, jg_status status, bool is_right)
{
    if (status != JG_OK && status != JG_ENOMEM && !(status == JG_EFULL && may_be_full)) {
        const struct jg_failure *failure = jg_last_failure();
        fail(form, jg_strerror(status));
        if (failure != NULL) fail(form, failure->cause);
    }
    if (!is_right) fail(form, status == JG_OK ? "a wrong result" : "an output was touched");
    if (status == JG_OK || jg_last_failure() == NULL) {
        if (status != JG_OK) fail(form, "no failure is told");
    } else if (jg_last_failure()->status != status) {
        fail(form, "the failure told is another");
    }
}

static void check_value(const char *form, jg_status status, uint32_t value, uint32_t right)
{
    check(form, status, value == (status == JG_OK ? right : 77));
}

static jg_status await(jg_job *job)
{
    jg_job *jobs[] = {NULL, job};
    size_t index = 0;
    return job == NULL ? JG_OK : jg_wait_any(jobs, 2, LONG_MS, &index);
}

static void call_simply(void)
{
    uint32_t value = 77;
    jg_status status = square_local(5, &value);
    check_value("blocking", status, value, 25);
    value = 77;
    status = next_remote(5, &value);
    check_value("blocking, reuse", status, value, 6);
    value = 77;
    status = square_await_get(square_local_async(6), &value);
    check_value("async", status, value, 36);
    value = 77;
    next_job *handle = next_local_async(6);
    if (await(next_as_job(handle)) != JG_OK) fail("wait_any", "has not ended");
    status = next_try_get(handle, &value);
    if (status == JG_PENDING) fail("try_get", "is pending after it has ended");
    check_value("try_get", status, value, 7);
    square_cancel(square_local_async(7));
    next_cancel(next_local_async(7));
}

static void call_many(void)
{
    static const struct next_args items[ITEMS] = {{1}, {2}, {3}};
    struct next_result results[ITEMS] = {{.value = 77}, {.value = 77}, {.value = 77}};
    jg_status first = JG_OK, status = next_remote_fanout(items, ITEMS, results);
    for (uint32_t i = 0; i < ITEMS; i++) {
        jg_status own = results[i].status;
        if (own != JG_OK && own != JG_ENOMEM && own != JG_EFULL) fail("fan-out", jg_strerror(own));
        if (results[i].value != (own == JG_OK ? i + 2 : 77)) fail("fan-out", "a wrong value");
        if (first == JG_OK) first = own;
    }
    check("fan-out", status, status == first);
}

static void call_bulk(bool is_async)
{
    static uint8_t bytes[BULK], out[BULK];
    memset(bytes, 0x0f, sizeof bytes);
    memset(out, 77, sizeof out);
    jg_status status = is_async ? invert_await_get(invert_local_async(bytes, out, BULK))
                                : invert_local(bytes, out, BULK);
    uint8_t right = status == JG_OK ? 0xf0 : 77;
    bool is_right = true;
    for (size_t i = 0; i < BULK; i++)
        is_right = is_right && out[i] == right;
    check(is_async ? "bulk, async" : "bulk", status, is_right);
}

static void call_owned(void)
{
    char *text = NULL;
    jg_status status = greet_local("you", &text);
    check("owned string", status,
          status == JG_OK ? text != NULL && strcmp(text, "Hello, you") == 0 : text == NULL);
    free(text);
}

static void call_nested(void)
{
    int32_t inner = 77;
    jg_status status = caller_local(3, &inner);
    check("nested, outer", status, status == JG_OK || inner == 77);
    if (status != JG_OK) return;
    if (inner != JG_OK && inner != JG_ENOMEM && !(inner == JG_EFULL && may_be_full))
        fail("nested, inner", jg_strerror((jg_status)inner));
}

/* Descriptors by what they are. */
struct held {
    int sockets, pipes, memfds, others;
};

static struct held look(void)
{
    struct held held = {0};
    DIR *listing = opendir("/proc/self/fd");
    for (const struct dirent *one; listing != NULL && (one = readdir(listing)) != NULL;) {
        char target[100] = "";
        if (atoi(one->d_name) < 3 || atoi(one->d_name) == dirfd(listing)) continue;
        ssize_t size = readlinkat(dirfd(listing), one->d_name, target, sizeof target - 1);
        if (size < 0) continue;
        if (strncmp(target, "socket:", 7) == 0)
            held.sockets++;
        else if (strncmp(target, "pipe:", 5) == 0)
            held.pipes++;
        else if (strncmp(target, "/memfd:", 7) == 0)
            held.memfds++;
        else
            held.others++;
    }
    if (listing != NULL) (void)closedir(listing);
    return held;
}

/* What was there at the start, and then: a socket and two pipes per worker, a socket to the zygote,
 * two memfds that are used again, the loop's two. */
static bool has_settled(const struct held *before)
{
    struct held now = look();
    int workers = (now.pipes - before->pipes) / 2, others = now.others - before->others;
    int zygotes = now.sockets - before->sockets - workers;
    return (now.pipes - before->pipes) % 2 == 0 && (zygotes == 0 || zygotes == 1) &&
           now.memfds - before->memfds <= 2 && (others == 0 || others == 2);
}

static void check_descriptors(const struct held *before)
{
    for (int ms = 0; ms < SETTLE_MS; ms++) {
        if (has_settled(before)) return;
        (void)poll(NULL, 0, 1);
    }
    struct held now = look();
    is_bad = true;
    (void)fprintf(stderr, "left: %d sockets, %d pipes, %d memfds, %d others\n",
                  now.sockets - before->sockets, now.pipes - before->pipes,
                  now.memfds - before->memfds, now.others - before->others);
}

int main(void)
{
    const char *fault = getenv("FAULT");
    bool is_here = fault != NULL && (strncmp(fault, "caller:memory", 13) == 0 ||
                                     strncmp(fault, "caller:system", 13) == 0);
    may_be_full = fault != NULL && strstr(fault, ":system:") != NULL;
    struct held before = look();
    t_inject_arm();
    call_simply();
    call_many();
    call_bulk(false);
    call_bulk(true);
    call_owned();
    call_nested();
    check("much output", shout_local(), true);
    uint32_t value = 77;
    if (is_here && t_inject_has_failed() && (square_local(9, &value) != JG_OK || value != 81))
        fail("afterwards", "it works no more");
    check_descriptors(&before);
    return is_bad;
}
