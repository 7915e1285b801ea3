/* SPDX-License-Identifier: MIT */
/* The one client of this process: its loop and its embedded pool, made at the first call; a forked
 * child makes its own. */
#define _GNU_SOURCE
#include "client.h"

#include "report.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct jgi_client client;
static bool is_made;

static void before_fork(void)
{
    (void)pthread_mutex_lock(&lock);
    if (is_made) jgi_loop_lock(client.loop);
}

static void after_fork_parent(void)
{
    if (is_made) jgi_loop_unlock(client.loop);
    (void)pthread_mutex_unlock(&lock);
}

static void after_fork_child(void)
{
    if (is_made) {
        jgi_pool_forget(client.pool);
        jgi_loop_forget(client.loop);
        client = (struct jgi_client){.generation = client.generation + 1};
        is_made = false;
    }
    (void)pthread_mutex_unlock(&lock);
}

static unsigned slots(void)
{
    const char *text = getenv("JOBGEN_SLOTS");
    long given = text == NULL ? 0 : strtol(text, NULL, 10);
    cpu_set_t cores;
    if (given > 0 && given <= 1024) return (unsigned)given;
    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1;
}

static void make(void)
{
    static bool is_fork_watched;
    const char *output = getenv("JOBGEN_OUTPUT");
    struct jgi_pool_config config = {
        .slots = slots(), .workers_max = 1024, .sink = jgi_report_output};
    config.is_output_tagged = output != NULL && strcmp(output, "tag") == 0;
    client.loop = jgi_loop_new();
    if (client.loop == NULL) return;
    client.pool = jgi_pool_new(client.loop, &config);
    if (client.pool == NULL) {
        client.loop = jgi_loop_free(client.loop);
        return;
    }
    if (!is_fork_watched)
        is_fork_watched = pthread_atfork(before_fork, after_fork_parent, after_fork_child) == 0;
    is_made = true;
}

struct jgi_client *jgi_client_get(void)
{
    (void)pthread_mutex_lock(&lock);
    if (!is_made) make();
    struct jgi_client *got = is_made ? &client : NULL;
    (void)pthread_mutex_unlock(&lock);
    return got;
}
