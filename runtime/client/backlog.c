/* SPDX-License-Identifier: MIT */
/* A buffer of lines, each behind its descriptor and size, and the thread that empties it. */
#define _GNU_SOURCE
#include "backlog.h"

#include "../base/buffer.h"
#include "../base/thread.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BACKLOG_MAX = 64 * 1024 * 1024 };

struct part {
    int fd;
    size_t size;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool has_thread;
    struct jgi_buffer waiting;
    size_t left_out;         /* bytes */
    uint64_t added, written; /* bytes, since the start */
} backlog = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void write_parts(struct jgi_buffer *parts)
{
    struct part part;
    while (jgi_buffer_size(parts) > 0) {
        memcpy(&part, jgi_buffer_data(parts), sizeof part);
        jgi_buffer_take(parts, sizeof part);
        jgi_report_print(part.fd, (const char *)jgi_buffer_data(parts), part.size);
        jgi_buffer_take(parts, part.size);
    }
}

static void tell_left_out(size_t size)
{
    char line[120];
    int length =
        snprintf(line, sizeof line,
                 "jobgen: %zu bytes that jobs printed were left out: nobody read them\n", size);
    jgi_report_print(2, line, (size_t)length);
}

static void *run(void *unused)
{
    (void)unused;
    (void)pthread_mutex_lock(&backlog.lock);
    for (;;) {
        while (jgi_buffer_size(&backlog.waiting) == 0)
            (void)pthread_cond_wait(&backlog.changed, &backlog.lock);
        struct jgi_buffer parts = backlog.waiting;
        size_t left_out = backlog.left_out;
        uint64_t until = backlog.added;
        backlog.waiting = (struct jgi_buffer){0};
        backlog.left_out = 0;
        (void)pthread_mutex_unlock(&backlog.lock);
        write_parts(&parts);
        if (left_out > 0) tell_left_out(left_out);
        jgi_buffer_fini(&parts);
        (void)pthread_mutex_lock(&backlog.lock);
        backlog.written = until;
        (void)pthread_cond_broadcast(&backlog.changed);
    }
    return NULL;
}

/* Locked. False: there is none. */
static bool need_thread(void)
{
    if (!backlog.has_thread) backlog.has_thread = jgi_thread_start(NULL, run, NULL) == 0;
    return backlog.has_thread;
}

void jgi_backlog_add(int fd, const char *lines, size_t size)
{
    struct part part = {.fd = fd, .size = size};
    (void)pthread_mutex_lock(&backlog.lock);
    bool has_room = need_thread() && jgi_buffer_size(&backlog.waiting) + size <= BACKLOG_MAX;
    uint8_t *room = has_room ? jgi_buffer_reserve(&backlog.waiting, sizeof part + size) : NULL;
    if (room != NULL) {
        memcpy(room, &part, sizeof part);
        memcpy(room + sizeof part, lines, size);
        backlog.waiting.end += sizeof part + size;
        backlog.added += size;
        (void)pthread_cond_broadcast(&backlog.changed);
    } else {
        backlog.left_out += size;
    }
    (void)pthread_mutex_unlock(&backlog.lock);
}

void jgi_backlog_wait(void)
{
    (void)pthread_mutex_lock(&backlog.lock);
    uint64_t until = backlog.added;
    while (backlog.written < until)
        (void)pthread_cond_wait(&backlog.changed, &backlog.lock);
    (void)pthread_mutex_unlock(&backlog.lock);
}

void jgi_backlog_lock(void)
{
    (void)pthread_mutex_lock(&backlog.lock);
}

void jgi_backlog_unlock(void)
{
    (void)pthread_mutex_unlock(&backlog.lock);
}

void jgi_backlog_forget(void)
{
    static const pthread_cond_t nobody = PTHREAD_COND_INITIALIZER;
    backlog.changed = nobody; /* the parent's threads are not here */
    backlog.has_thread = false;
    jgi_buffer_fini(&backlog.waiting);
    backlog.left_out = 0;
    backlog.written = backlog.added;
}
