/* SPDX-License-Identifier: MIT */
/* The one client of this process: its loop and its embedded pool, made at the first call; a forked
 * child makes its own. */
#define _GNU_SOURCE
#include "client.h"

#include "../base/text.h"
#include "../wire/url.h"
#include "backlog.h"
#include "nested.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct jgi_client client;
static bool is_made;
static bool had_router; /* this process is the child of a fork, and its parent spoke with nodes */

static void before_fork(void)
{
    (void)pthread_mutex_lock(&lock);
    if (is_made) jgi_loop_lock(client.loop);
    jgi_report_lock();
    jgi_backlog_lock();
}

static void after_fork_parent(void)
{
    jgi_backlog_unlock();
    jgi_report_unlock();
    if (is_made) jgi_loop_unlock(client.loop);
    (void)pthread_mutex_unlock(&lock);
}

static void after_fork_child(void)
{
    jgi_backlog_forget();
    jgi_backlog_unlock();
    jgi_report_forget();
    if (is_made) {
        had_router = had_router || client.router != NULL; /* nng cannot go on in a child */
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

static void refuse_nodes(jg_status status, const char *why)
{
    client.no_router = status;
    (void)snprintf(client.why_no_router, sizeof client.why_no_router, "%s", why);
    jgi_text_tame(client.why_no_router); /* a variable is quoted in it */
}

static void on_router_note(void *user, const char *line)
{
    jgi_report_note(user, JGI_LEVEL_ERROR, line);
}

/* Nodes are spoken with only where JOBGEN_CONTROL names a control. */
static void make_router(void)
{
    static struct jgi_secret secret;
    static struct jgi_url url;
    const char *control = getenv("JOBGEN_CONTROL"), *open = getenv("JOBGEN_OPEN_LOOPBACK");
    char why[260], text[300];
    client.no_router = JG_OK;
    if (control == NULL || control[0] == '\0') return;
    bool is_open = open != NULL && strcmp(open, "1") == 0;
    if (had_router) {
        refuse_nodes(JG_EUNSUITABLE, "it was called in the child of a fork of a program that "
                                     "speaks with nodes: such a child has to exec first");
        return;
    }
    if (!jgi_url_read(control, &url, why, sizeof why)) {
        (void)snprintf(text, sizeof text, "JOBGEN_CONTROL: %s", why);
        refuse_nodes(JG_ECONTROL, text);
        return;
    }
    if (!is_open && !jgi_secret_load(&secret, why, sizeof why)) {
        refuse_nodes(JG_EAUTH, why);
        return;
    }
    struct jgi_router_config config = {.loop = client.loop,
                                       .control = url.address,
                                       .secret = is_open ? NULL : &secret,
                                       .name = program_invocation_short_name,
                                       .is_output_tagged =
                                           jgi_report_settings()->output == JGI_OUTPUT_TAG,
                                       .on_output = jgi_report_remote_output,
                                       .on_note = on_router_note};
    jgi_loop_lock(client.loop);
    client.router = jgi_router_new(&config);
    jgi_loop_unlock(client.loop);
    if (client.router == NULL) refuse_nodes(JG_ENOMEM, "no memory to speak with nodes");
}

/* A job of the embedded node calls another one. */
static bool route(void *user, struct jgi_task *task)
{
    char text[300];
    (void)user;
    if (client.router == NULL) return false;
    const struct jgi_image *image = jgi_image_own(text, sizeof text);
    return image != NULL && jgi_nested_route(client.router, image, NULL, task);
}

static void unroute(void *user, struct jgi_task *task, jg_status status)
{
    (void)user;
    jgi_nested_unroute(task, status);
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
        .route = route,
        .unroute = unroute,
    };
    if (!is_fork_watched)
        is_fork_watched = pthread_atfork(before_fork, after_fork_parent, after_fork_child) == 0;
    if (!is_fork_watched) return ENOMEM; /* a forked child would speak on its parent's sockets */
    client.loop = jgi_loop_new();
    if (client.loop == NULL) return why_no_loop(errno);
    client.pool = jgi_pool_new(client.loop, &config);
    if (client.pool == NULL) {
        client.loop = jgi_loop_free(client.loop);
        return ENOMEM;
    }
    make_router();
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
    if (was_made) jgi_report_end();
    if (was_made) jgi_report_note(NULL, JGI_LEVEL_INFO, "the embedded node ends with the program");
}
