/* SPDX-License-Identifier: MIT */
/* Happy path: dial, HELLO, REGISTER, then REGISTER each second and when the node is more or less
   busy. Control away, or it refuses: dialed again after 100 ms, later after 1 s. Calls do not need
   it. */
#include "registration.h"

#include "../base/clock.h"
#include "../wire/connection.h"
#include "../wire/durations.h"

#include <stdlib.h>
#include <string.h>

enum { REDIAL_FIRST_MS = 100, REDIAL_MAX_MS = 1000, CHANGE_MS = 50 };

struct jgi_registration_link {
    struct jgi_registration_config config;
    struct jgi_connection *connection; /* NULL: not dialed */
    bool is_open, is_taken;
    unsigned told_busy;
    uint64_t told_ns;
    int redial_ms;
    struct jgi_alarm alarm; /* the next dial, or the next REGISTER */
};

static void wait_until(struct jgi_registration_link *registration, uint64_t due_ns)
{
    (void)jgi_loop_set_alarm(registration->config.loop, &registration->alarm,
                             due_ns); /* there was room for it from the first dial on */
}

static void tell(struct jgi_registration_link *registration)
{
    struct jgi_node_entry node = registration->config.node;
    node.busy = registration->config.count_busy(registration->config.user);
    registration->told_busy = node.busy;
    registration->told_ns = jgi_clock_ns();
    wait_until(registration, registration->told_ns + JGI_RENEW_NS);
    (void)jgi_connection_send(registration->connection,
                              &(struct jgi_message){.kind = JGI_MESSAGE_REGISTER,
                                                    .nodes = &node,
                                                    .node_count = 1}); /* else on_end follows */
}

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    struct jgi_registration_link *registration = user;
    (void)connection;
    (void)hello;
    registration->is_open = true;
    tell(registration);
}

/* The list of nodes: this one is in it when its registration was taken. */
static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct jgi_registration_link *registration = user;
    const struct jgi_node_entry *own = &registration->config.node;
    (void)connection;
    if (message->kind != JGI_MESSAGE_NODES || registration->is_taken) return;
    for (size_t i = 0; i < message->node_count; i++)
        if (message->nodes[i].incarnation == own->incarnation &&
            strcmp(message->nodes[i].name, own->name) == 0)
            registration->is_taken = true;
    if (!registration->is_taken) return;
    registration->redial_ms = REDIAL_FIRST_MS;
    registration->config.on_taken(registration->config.user);
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct jgi_registration_link *registration = user;
    (void)connection;
    registration->connection = NULL;
    registration->is_open = registration->is_taken = false;
    if (status != JG_ENODE && status != JG_EDOWN)
        registration->config.on_refused(registration->config.user, status, why);
    wait_until(registration, jgi_clock_deadline(registration->redial_ms));
    registration->redial_ms *= 2;
    if (registration->redial_ms > REDIAL_MAX_MS) registration->redial_ms = REDIAL_MAX_MS;
}

static const struct jgi_connection_handler handler = {
    .on_open = on_open, .on_message = on_message, .on_end = on_end};

static void dial(struct jgi_registration_link *registration)
{
    const struct jgi_registration_config *config = &registration->config;
    struct jgi_connection_config link = {.loop = config->loop,
                                         .handler = &handler,
                                         .user = registration,
                                         .secret = config->secret,
                                         .is_upgraded = true};
    struct jgi_message hello = {
        .role = JGI_PEER_NODE, .incarnation = config->node.incarnation, .name = config->node.name};
    registration->connection = jgi_connection_dial(&link, config->control, &hello);
    if (registration->connection == NULL)
        on_end(NULL, registration, JG_ENODE, "no memory to dial control");
}

static void on_due(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_registration_link *registration =
        JGI_OWNER(alarm, struct jgi_registration_link, alarm);
    (void)loop;
    if (registration->connection == NULL)
        dial(registration);
    else if (registration->is_open)
        tell(registration);
}

struct jgi_registration_link *
jgi_registration_link_new(const struct jgi_registration_config *config)
{
    struct jgi_registration_link *registration = calloc(1, sizeof *registration);
    if (registration == NULL) return NULL;
    registration->config = *config;
    registration->redial_ms = REDIAL_FIRST_MS;
    registration->alarm.on_due = on_due;
    if (jgi_loop_set_alarm(config->loop, &registration->alarm, jgi_clock_ns())) return registration;
    free(registration);
    return NULL;
}

void jgi_registration_link_renew(struct jgi_registration_link *registration)
{
    uint64_t due_ns = registration->told_ns + CHANGE_MS * JGI_MS_NS;
    unsigned busy = registration->config.count_busy(registration->config.user);
    if (registration->is_open && busy != registration->told_busy &&
        registration->alarm.timer.due_ns > due_ns)
        wait_until(registration, due_ns);
}

struct jgi_registration_link *jgi_registration_link_free(struct jgi_registration_link *registration)
{
    if (registration == NULL) return NULL;
    if (registration->connection != NULL)
        jgi_connection_close(registration->connection, JG_EDOWN, "the node ends");
    jgi_loop_clear_alarm(registration->config.loop, &registration->alarm);
    free(registration);
    return NULL;
}
