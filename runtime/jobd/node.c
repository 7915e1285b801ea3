/* SPDX-License-Identifier: MIT */
/* jobd node: the daemon that runs jobs for callers. */
#define _GNU_SOURCE
#include "../base/clock.h"
#include "../client/nested.h"
#include "../node/registration.h"
#include "../node/server.h"
#include "../wire/address.h"
#include "commands.h"
#include "daemon.h"
#include "node_settings.h"
#include "onward.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 2000 };

struct node {
    struct jgi_loop *loop;
    struct jgi_node_settings settings;
    char **environment; /* of jobs */
    struct jgi_server *server;
    struct jgi_registration_link *registration;
    struct jgi_onward *onward;         /* NULL: no memory; its jobs' calls stay here */
    char address[JGI_ADDRESS_MAX + 1]; /* as callers dial it */
    bool is_registered, was_refused;
    int ready_fd;
    struct jgi_alarm patience; /* with control, until ready */
};

static void on_note(void *user, const char *line)
{
    (void)user;
    (void)jgi_complain(0, "node", "%s", line);
}

static void be_ready(struct node *node)
{
    jgi_loop_clear_alarm(node->loop, &node->patience);
    jgi_daemon_tell_ready(node->ready_fd);
    node->ready_fd = -1;
}

static void on_patience_over(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct node *node = JGI_OWNER(alarm, struct node, patience);
    (void)loop;
    if (!node->was_refused)
        (void)jgi_complain(0, "node", "control at %s is not there yet; it is dialed on and on",
                           node->settings.control.address);
    be_ready(node);
}

static void on_taken(void *user)
{
    struct node *node = user;
    node->was_refused = false;
    if (!node->is_registered) be_ready(node);
    node->is_registered = true;
}

static void on_refused(void *user, jg_status status, const char *why)
{
    struct node *node = user;
    (void)status;
    if (!node->was_refused)
        (void)jgi_complain(0, "node", "control at %s does not take this node: %s",
                           node->settings.control.address, why);
    node->was_refused = true;
}

static bool on_route(void *user, const struct jgi_origin *origin, struct jgi_task *task)
{
    struct node *node = user;
    return node->onward != NULL && jgi_onward_route(node->onward, origin, task);
}

static void on_unroute(void *user, struct jgi_task *task, jg_status status)
{
    (void)user;
    jgi_nested_unroute(task, status);
}

static unsigned count_busy(void *user)
{
    return jgi_server_busy(((struct node *)user)->server);
}

static void on_load(void *user)
{
    struct node *node = user;
    if (node->registration != NULL) jgi_registration_link_renew(node->registration);
}

/* As callers are to dial it; where it is bound to all, control sees the source. */
static void name_address(struct node *node)
{
    const struct jgi_node_settings *settings = &node->settings;
    unsigned port = jgi_server_port(node->server);
    char host[JGI_HOST_MAX + 1];
    if (settings->is_advertised) {
        memcpy(host, settings->advertised_host, sizeof host);
        if (settings->advertised_port != 0) port = settings->advertised_port;
    } else {
        (void)jgi_address_split(jgi_server_address(node->server), host, &port); /* it is one */
    }
    jgi_address_join(host, port, node->address);
}

static int fail(int error, const char *text)
{
    return jgi_complain(jgi_exit_of(error), "node", "%s", text);
}

/* It listens: from here to the end. */
static int serve(struct node *node, const struct jgi_secret *secret)
{
    struct jgi_node_settings *settings = &node->settings;
    struct jgi_stops stops;
    jgi_node_settings_name(settings, jgi_server_port(node->server));
    name_address(node);
    (void)jgi_complain(0, "node",
                       "%s listens on %s (loopback only: no credentials, see jobd token)",
                       settings->name, jgi_server_address(node->server));
    if (!jgi_stops_open(&stops, node->loop)) return fail(errno, strerror(errno));
    struct jgi_registration_config config = {
        .loop = node->loop,
        .control = settings->control.address,
        .secret = secret,
        .node = {.name = settings->name,
                 .address = node->address,
                 .tags = settings->tags,
                 .incarnation = jgi_server_incarnation(node->server),
                 .slots = settings->slots},
        .count_busy = count_busy,
        .on_taken = on_taken,
        .on_refused = on_refused,
        .user = node};
    jgi_loop_lock(node->loop);
    (void)jgi_loop_set_alarm(node->loop, &node->patience, jgi_clock_deadline(PATIENCE_MS));
    node->registration = jgi_registration_link_new(&config);
    node->onward = jgi_onward_new(
        &(struct jgi_router_config){.loop = node->loop,
                                    .control = settings->control.address,
                                    .secret = secret,
                                    .name = settings->name,
                                    .own_incarnation = jgi_server_incarnation(node->server),
                                    .on_note = on_note},
        node->server);
    jgi_loop_unlock(node->loop);
    (void)jgi_stops_wait(&stops, 0);
    jgi_loop_lock(node->loop);
    jgi_loop_clear_alarm(node->loop, &node->patience);
    node->registration = jgi_registration_link_free(node->registration);
    jgi_loop_unlock(node->loop);
    jgi_stops_close(&stops);
    return JGI_EXIT_OK;
}

static int start(struct node *node, const struct jgi_secret *secret)
{
    char text[512];
    node->environment = jgi_node_environment();
    if (node->environment == NULL) return fail(ENOMEM, "no memory");
    node->loop = jgi_loop_new();
    if (node->loop == NULL) return fail(errno, strerror(errno));
    node->server =
        jgi_server_new(&(struct jgi_server_config){.loop = node->loop,
                                                   .address = node->settings.address,
                                                   .secret = secret,
                                                   .name = node->settings.name,
                                                   .slots = node->settings.slots,
                                                   .workers_max = node->settings.workers_max,
                                                   .store = node->settings.store,
                                                   .store_max = node->settings.store_max,
                                                   .scratch_root = node->settings.scratch,
                                                   .environment = node->environment,
                                                   .on_note = on_note,
                                                   .on_load = on_load,
                                                   .route = on_route,
                                                   .unroute = on_unroute,
                                                   .user = node},
                       text, sizeof text);
    if (node->server == NULL) return fail(errno, text);
    int exit = serve(node, secret);
    node->server = jgi_server_free(node->server);
    return exit;
}

int jgi_command_node(int argc, char **argv)
{
    struct node node = {.patience = {.on_due = on_patience_over}};
    struct jgi_secret secret;
    char text[512];
    int exit;
    if (!jgi_node_settings_read(argc, argv, &node.settings, &exit)) return exit;
    jgi_daemon_begin();
    if (!node.settings.is_open_loopback && !jgi_secret_load(&secret, text, sizeof text))
        return jgi_complain(JGI_EXIT_PERMANENT, "node", "%s", text);
    if (!jgi_node_settings_prepare(&node.settings, &exit)) return exit;
    node.ready_fd = node.settings.ready_fd;
    exit = start(&node, node.settings.is_open_loopback ? NULL : &secret);
    free(node.environment);
    return exit;
}
