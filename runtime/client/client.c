/* SPDX-License-Identifier: MIT */
/* The one client of this process: its loop and its embedded pool, made at the first call; a forked
 * child makes its own. */
#define _GNU_SOURCE
#include "client.h"

#include "report.h"

#include <errno.h>
#include <sys/mman.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct jgi_client client;
static bool is_made;

static void before_fork(void)
{
    (void)pthread_mutex_lock(&lock);
    if (is_made) jgi_loop_lock(client.loop);
    jgi_report_lock();
}

static void after_fork_parent(void)
{
    jgi_report_unlock();
    if (is_made) jgi_loop_unlock(client.loop);
    (void)pthread_mutex_unlock(&lock);
}

static void after_fork_child(void)
{
    jgi_report_unlock();
    if (is_made) {
        jgi_pool_forget(client.pool);
        jgi_loop_forget(client.loop);
        client = (struct jgi_client){.generation = client.generation + 1};
        is_made = false;
    }
    (void)pthread_mutex_unlock(&lock);
}

/* A thread that cannot be made is EAGAIN whatever the reason: is there memory for its stack? */
static int why_no_loop(int error)
{
    pthread_attr_t attributes;
    size_t size = 0;
    if (error != EAGAIN || pthread_getattr_default_np(&attributes) != 0) return error;
    (void)pthread_attr_getstacksize(&attributes, &size);
    (void)pthread_attr_destroy(&attributes);
    void *stack =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return ENOMEM;
    (void)munmap(stack, size);
    return error;
}

/* 0, or the errno. */
static int make(void)
{
    static bool is_fork_watched;
    const struct jgi_settings *settings = jgi_report_settings();
    struct jgi_pool_config config = {
        .slots = settings->slots,
        .workers_max = 1024,
        .is_one_at_a_time =
            settings->output == JGI_OUTPUT_TAG || settings->level >= JGI_LEVEL_DEBUG,
        .sink = jgi_report_output,
        .level = settings->level,
        .note = jgi_report_note,
    };
    client.loop = jgi_loop_new();
    if (client.loop == NULL) return why_no_loop(errno);
    client.pool = jgi_pool_new(client.loop, &config);
    if (client.pool == NULL) {
        client.loop = jgi_loop_free(client.loop);
        return ENOMEM;
    }
    if (!is_fork_watched)
        is_fork_watched = pthread_atfork(before_fork, after_fork_parent, after_fork_child) == 0;
    is_made = true;
    return 0;
}

struct jgi_client *jgi_client_get(void)
{
    int error = 0;
    (void)pthread_mutex_lock(&lock);
    if (!is_made) error = make();
    struct jgi_client *got = is_made ? &client : NULL;
    (void)pthread_mutex_unlock(&lock);
    if (got == NULL) errno = error;
    return got;
}

/* The pool needs no end: its processes end when they see this one's. */
__attribute__((destructor)) static void tell_end(void)
{
    if (pthread_mutex_trylock(&lock) != 0) return;
    bool was_made = is_made;
    (void)pthread_mutex_unlock(&lock);
    if (was_made) jgi_report_note(NULL, JGI_LEVEL_INFO, "the embedded node ends with the program");
}
