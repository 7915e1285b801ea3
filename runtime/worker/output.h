/* SPDX-License-Identifier: MIT */
/* What a worker prints: read from its two pipes, cut into whole lines, handed on in order. */
#ifndef JOBGEN_WORKER_OUTPUT_H
#define JOBGEN_WORKER_OUTPUT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buffer.h"

enum { JGI_STDOUT, JGI_STDERR, JGI_STREAM_COUNT, JGI_TAIL_SIZE = 4096 };

/* Whose lines they are. */
struct jgi_output_source {
    char job_name[104]; /* its beginning */
    uint64_t execution;
    uint64_t audience;
};

/* Whole lines of one stream of one execution. Not locked by the loop. */
typedef void (*jgi_output_sink)(void *user, int stream, const struct jgi_output_source *source,
                                const char *lines, size_t size);

struct jgi_output {
    pthread_mutex_t lock;             /* over the reading and handing on, so that order holds */
    int fds[JGI_STREAM_COUNT];        /* read ends; owned */
    bool has_ended[JGI_STREAM_COUNT]; /* set once; looked at without the lock */
    struct jgi_buffer partial[JGI_STREAM_COUNT]; /* a line not ended yet */
    char tail[JGI_TAIL_SIZE];                    /* of stderr */
    size_t tail_size;
    struct jgi_output_source source;
    jgi_output_sink sink;
    void *user;
};

/* Takes the descriptors. */
void jgi_output_init(struct jgi_output *output, int stdout_fd, int stderr_fd, jgi_output_sink sink,
                     void *user);
void jgi_output_fini(struct jgi_output *output);

/* What comes from now on is of this execution; the tail starts anew unless it `keeps_tail`. */
void jgi_output_begin(struct jgi_output *output, const char *job_name, uint64_t execution,
                      uint64_t audience, bool keeps_tail);

/* Its end was seen. */
static inline bool jgi_output_has_ended(const struct jgi_output *output, int stream)
{
    return __atomic_load_n(&output->has_ended[stream], __ATOMIC_RELAXED);
}

/* Hands on what has come; `is_end`: the execution is over, so that half a line gets its end. False:
 * both have ended. */
bool jgi_output_drain(struct jgi_output *output, bool is_end);

/* The tail of stderr, malloc'ed; NULL: nothing was printed, or no memory. */
char *jgi_output_tail(struct jgi_output *output);

#endif
