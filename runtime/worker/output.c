/* SPDX-License-Identifier: MIT */
/* What a worker prints: read from its two pipes, cut into whole lines, handed on in order. */
#define _GNU_SOURCE
#include "output.h"

#include "../base/fd.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A pipe holds 64 KiB unless the job made it larger (1 MiB at most without privilege): reading so
   much reaches all that was written before. A line longer than LINE_MAX is handed on in parts. */
enum { READ_SIZE = 64 * 1024, DRAIN_MAX = 1024 * 1024, LINE_SIZE_MAX = 64 * 1024 };

void jgi_output_init(struct jgi_output *output, int stdout_fd, int stderr_fd, jgi_output_sink sink,
                     void *user)
{
    *output = (struct jgi_output){.fds = {stdout_fd, stderr_fd}, .sink = sink, .user = user};
    (void)pthread_mutex_init(&output->lock,
                             NULL); /* cannot fail on Linux with default attributes */
}

void jgi_output_fini(struct jgi_output *output)
{
    for (int stream = 0; stream < JGI_STREAM_COUNT; stream++) {
        output->fds[stream] = jgi_fd_close(output->fds[stream]);
        jgi_buffer_fini(&output->partial[stream]);
    }
    (void)pthread_mutex_destroy(&output->lock);
}

void jgi_output_begin(struct jgi_output *output, const char *job_name, uint64_t execution,
                      uint64_t audience, bool keeps_tail)
{
    struct jgi_output_source *source = &output->source;
    size_t length = strnlen(job_name, sizeof source->job_name - 1);
    (void)pthread_mutex_lock(&output->lock);
    memcpy(source->job_name, job_name, length);
    source->job_name[length] = '\0';
    source->execution = execution;
    source->audience = audience;
    if (!keeps_tail) output->tail_size = 0;
    (void)pthread_mutex_unlock(&output->lock);
}

static void keep_tail(struct jgi_output *output, const char *bytes, size_t size)
{
    if (size >= JGI_TAIL_SIZE) {
        bytes += size - JGI_TAIL_SIZE;
        size = JGI_TAIL_SIZE;
    }
    size_t keep = output->tail_size;
    if (keep + size > JGI_TAIL_SIZE) {
        keep = JGI_TAIL_SIZE - size;
        memmove(output->tail, output->tail + output->tail_size - keep, keep);
    }
    memcpy(output->tail + keep, bytes, size);
    output->tail_size = keep + size;
}

static void hand_on(struct jgi_output *output, int stream, size_t size)
{
    struct jgi_buffer *partial = &output->partial[stream];
    if (size == 0) return;
    output->sink(output->user, stream, &output->source, (const char *)jgi_buffer_data(partial),
                 size);
    jgi_buffer_take(partial, size);
}

/* Whole lines go on; what is left waits for its end. */
static void hand_on_lines(struct jgi_output *output, int stream, bool is_end)
{
    struct jgi_buffer *partial = &output->partial[stream];
    size_t size = jgi_buffer_size(partial);
    if (size == 0) return;
    const char *bytes = (const char *)jgi_buffer_data(partial);
    const char *last = memrchr(bytes, '\n', size);
    if (is_end && bytes[size - 1] != '\n' && jgi_buffer_add(partial, "\n", 1))
        hand_on(output, stream, size + 1);
    else if (is_end || size - (last == NULL ? 0 : (size_t)(last + 1 - bytes)) > LINE_SIZE_MAX)
        hand_on(output, stream, size);
    else if (last != NULL)
        hand_on(output, stream, (size_t)(last + 1 - bytes));
}

/* One read; 0: it has ended, or failed. Without memory for whole lines they are handed on in
   pieces: if nobody read, the job would wait for ever. */
static size_t read_some(struct jgi_output *output, int stream)
{
    struct jgi_buffer *partial = &output->partial[stream];
    uint8_t few[1024], *room = jgi_buffer_reserve(partial, READ_SIZE);
    bool is_kept = room != NULL;
    size_t size = is_kept ? READ_SIZE : sizeof few;
    if (!is_kept) room = few;
    ssize_t got;
    do {
        got = read(output->fds[stream], room, size);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return 0;
    if (stream == JGI_STDERR) keep_tail(output, (const char *)room, (size_t)got);
    if (is_kept) {
        partial->end += (size_t)got;
        return (size_t)got;
    }
    hand_on(output, stream, jgi_buffer_size(partial));
    output->sink(output->user, stream, &output->source, (const char *)few, (size_t)got);
    return (size_t)got;
}

bool jgi_output_drain(struct jgi_output *output, bool is_end)
{
    size_t total[JGI_STREAM_COUNT] = {0};
    (void)pthread_mutex_lock(&output->lock);
    for (bool has_news = true; has_news;) {
        struct pollfd ready[JGI_STREAM_COUNT];
        for (int stream = 0; stream < JGI_STREAM_COUNT; stream++)
            ready[stream] = (struct pollfd){
                .fd = jgi_output_has_ended(output, stream) ? -1 : output->fds[stream],
                .events = POLLIN};
        has_news = false;
        if (poll(ready, JGI_STREAM_COUNT, 0) <= 0) break;
        for (int stream = 0; stream < JGI_STREAM_COUNT; stream++) {
            if (ready[stream].revents == 0) continue;
            size_t got = read_some(output, stream);
            if (got == 0) __atomic_store_n(&output->has_ended[stream], true, __ATOMIC_RELAXED);
            hand_on_lines(output, stream, false);
            total[stream] += got;
            if (got > 0 && total[stream] < DRAIN_MAX) has_news = true;
        }
    }
    for (int stream = 0; is_end && stream < JGI_STREAM_COUNT; stream++)
        hand_on_lines(output, stream, true);
    bool is_open =
        !jgi_output_has_ended(output, JGI_STDOUT) || !jgi_output_has_ended(output, JGI_STDERR);
    (void)pthread_mutex_unlock(&output->lock);
    return is_open;
}

char *jgi_output_tail(struct jgi_output *output)
{
    char *tail = NULL;
    (void)pthread_mutex_lock(&output->lock);
    if (output->tail_size > 0 && (tail = malloc(output->tail_size + 1)) != NULL) {
        size_t length = 0;
        for (size_t i = 0; i < output->tail_size; i++)
            if (output->tail[i] != '\0') tail[length++] = output->tail[i];
        tail[length] = '\0';
    }
    (void)pthread_mutex_unlock(&output->lock);
    return tail;
}
