/* SPDX-License-Identifier: MIT */
/* Nodes that register with a real control, and callers that are told: the test speaks for both. */

#include <criterion/criterion.h>

#include "../port.h"
#include "base/clock.h"
#include "base/pace.h"
#include "daemon.h"
#include "wire/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jobgen/runtime.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One end that the test plays. */
struct peer {
    struct jgi_connection *connection;
    struct {
        const char *name; /* NULL: it has not registered */
        uint64_t incarnation;
        uint32_t busy;
    } node;
    uint64_t renewed_ns;
    bool is_open, has_ended;
    uint64_t control_incarnation;
    jg_status status;
    char why[200];
    unsigned list_count; /* of NODES that came */
    uint64_t revision;
    uint32_t period_ms;
    char list[1000]; /* "name@address busy;" of each */
};

static struct jgi_loop *loop;
static pthread_cond_t changed;
static struct t_daemon control;
static struct jgi_secret secret;
static struct peer node, other_node, caller;
static char text[300], address[40];
static const char *advertised = "[::]:3031";

enum { RENEW_MS = 500 };

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    struct peer *peer = user;
    (void)connection;
    peer->is_open = true;
    peer->control_incarnation = hello->role == JGI_PEER_CONTROL ? hello->incarnation : 0;
    (void)pthread_cond_broadcast(&changed);
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct peer *peer = user;
    (void)connection;
    if (message->kind != JGI_MESSAGE_NODES) return;
    peer->list_count++;
    peer->revision = message->revision;
    peer->period_ms = message->period_ms;
    peer->list[0] = '\0';
    for (size_t i = 0; i < message->node_count; i++) {
        size_t used = strlen(peer->list);
        (void)snprintf(peer->list + used, sizeof peer->list - used, "%s@%s %u;",
                       message->nodes[i].name, message->nodes[i].address, message->nodes[i].busy);
    }
    (void)pthread_cond_broadcast(&changed);
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct peer *peer = user;
    (void)connection;
    peer->has_ended = true;
    peer->connection = NULL;
    peer->status = status;
    (void)snprintf(peer->why, sizeof peer->why, "%s", why);
    (void)pthread_cond_broadcast(&changed);
}

static const struct jgi_connection_handler handler = {
    .on_open = on_open, .on_message = on_message, .on_end = on_end};

/* Waits, locked, until `is_so`; false: it never was. */
#define WAIT_FOR(is_so, ms)                                                                        \
    ({                                                                                             \
        uint64_t deadline_ns = jgi_clock_deadline(ms);                                             \
        while (!(is_so) && jgi_loop_wait(loop, &changed, deadline_ns))                             \
            ;                                                                                      \
        (is_so);                                                                                   \
    })

static void say_again(struct peer *peer)
{
    struct jgi_node_entry entry = {.name = peer->node.name,
                                   .address = advertised,
                                   .tags = "gpu=yes",
                                   .incarnation = peer->node.incarnation,
                                   .slots = 2,
                                   .busy = peer->node.busy};
    if (peer->connection == NULL || peer->node.name == NULL) return;
    peer->renewed_ns = jgi_clock_ns();
    (void)jgi_connection_send(
        peer->connection,
        &(struct jgi_message){.kind = JGI_MESSAGE_REGISTER, .nodes = &entry, .node_count = 1});
}

/* What is registered stays so, however long the test takes. */
static void on_renew(struct jgi_loop *of, struct jgi_alarm *alarm)
{
    say_again(&node);
    say_again(&other_node);
    (void)jgi_loop_set_alarm(of, alarm, jgi_clock_deadline(RENEW_MS));
}

static struct jgi_alarm renewal = {.on_due = on_renew};

static void dial(struct peer *peer, enum jgi_role role, const struct jgi_secret *proof)
{
    char at[40];
    struct jgi_connection_config config = {
        .loop = loop, .handler = &handler, .user = peer, .secret = proof, .is_upgraded = true};
    *peer = (struct peer){0};
    (void)snprintf(at, sizeof at, "127.0.0.1:%u", control.port);
    peer->connection = jgi_connection_dial(
        &config, at,
        &(struct jgi_message){.kind = JGI_MESSAGE_HELLO, .role = (uint32_t)role, .name = "test"});
    cr_assert_not_null(peer->connection);
}

static void open_peer(struct peer *peer, enum jgi_role role)
{
    bool is_there = false;
    for (int i = 0; i < 10 && !is_there; i++) { /* HELLO is awaited for 3 s only */
        dial(peer, role, &secret);
        is_there =
            WAIT_FOR(peer->has_ended || (peer->is_open && peer->list_count > 0), T_LONG_MS) &&
            !peer->has_ended;
    }
    cr_assert(is_there, "%s", peer->why);
}

static void say_register(struct peer *peer, const char *name, uint64_t incarnation, uint32_t busy)
{
    peer->node.name = name;
    peer->node.incarnation = incarnation;
    peer->node.busy = busy;
    say_again(peer);
    jgi_loop_flush(loop);
}

static void set_up(void)
{
    t_set_up();
    t_port_find("[::]", address, sizeof address);
    control = t_control_start(address, NULL);
    cr_assert(jgi_secret_load(&secret, text, sizeof text), "%s", text);
    loop = jgi_loop_new();
    cr_assert_not_null(loop);
    cr_assert(jgi_condition_init(&changed));
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_set_alarm(loop, &renewal, jgi_clock_deadline(RENEW_MS)));
}

static void tear_down(void)
{
    struct peer *const peers[] = {&node, &other_node, &caller};
    jgi_loop_clear_alarm(loop, &renewal);
    for (size_t i = 0; i < 3; i++)
        if (peers[i]->connection != NULL) jgi_connection_close(peers[i]->connection, JG_OK, NULL);
    jgi_loop_unlock(loop);
    cr_expect_eq(t_get(control.port, "/healthz"), 200);
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
    t_tear_down();
}

TestSuite(control_register, .init = set_up, .fini = tear_down, .timeout = T_LIMIT_S);

Test(control_register, tells_callers_the_list_at_open_and_at_each_change)
{
    open_peer(&caller, JGI_PEER_CALLER);
    cr_expect_str_empty(caller.list);
    cr_expect_neq(caller.control_incarnation, 0);
    open_peer(&node, JGI_PEER_NODE);
    cr_expect_eq(node.period_ms, 1000);
    say_register(&node, "a", 1, 0);
    cr_expect(WAIT_FOR(strcmp(caller.list, "a@127.0.0.1:3031 0;") == 0, T_LONG_MS), "%s",
              caller.list);
    cr_expect(WAIT_FOR(strcmp(node.list, caller.list) == 0, T_LONG_MS), "nodes are told too");
    uint64_t revision = caller.revision;
    say_register(&node, "a", 1, 2);
    cr_expect(WAIT_FOR(strcmp(caller.list, "a@127.0.0.1:3031 2;") == 0, T_LONG_MS), "%s",
              caller.list);
    cr_expect_neq(caller.revision, revision);
    open_peer(&other_node, JGI_PEER_COMMAND);
    cr_expect(WAIT_FOR(strcmp(other_node.list, caller.list) == 0, T_LONG_MS),
              "the list is there with the link");
}

/* jobd nodes prints this. */
static bool is_shown(char *url, const char *right)
{
    static char out[4096], errors[1000];
    return t_run((char *[]){"jobd", "nodes", url, NULL}, out, errors, sizeof out) == 0 &&
           strcmp(out, right) == 0;
}

/* An answer of control has this in it. */
static bool is_answered(const char *request, const char *part)
{
    static char out[4096];
    return t_ask(control.port, request, out, sizeof out) == 200 && strstr(out, part) != NULL;
}

/* Looks again until it is so: for a moment the node may be late with its renewal. */
#define AWAIT(is_so)                                                                               \
    do {                                                                                           \
        uint64_t deadline_ns = jgi_clock_deadline(T_LONG_MS);                                      \
        while (!(is_so))                                                                           \
            cr_assert_lt(jgi_clock_ns(), deadline_ns, "%s", #is_so);                               \
    } while (false)

Test(control_register, shows_the_list_by_http_and_jobd_nodes)
{
    char url[60];
    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a", 0xabcd, 1);
    cr_expect(WAIT_FOR(node.list[0] != '\0', T_LONG_MS));
    jgi_loop_unlock(loop);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", control.port);
    AWAIT(is_shown(url, "NAME  ADDRESS         SLOTS  BUSY  TAGS\n"
                        "a     127.0.0.1:3031      2     1  gpu=yes\n"));
    AWAIT(is_answered("GET /v1/nodes HTTP/1.1\r\nHost: localhost\r\n\r\n", "\"000000000000abcd\""));
    AWAIT(is_answered("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                      "<th scope=\"row\">a</th><td>127.0.0.1:3031</td>"));
    jgi_loop_lock(loop);
}

Test(control_register, a_node_that_is_not_renewed_is_gone_after_3_s)
{
    open_peer(&caller, JGI_PEER_CALLER);
    open_peer(&node, JGI_PEER_NODE);
    open_peer(&other_node, JGI_PEER_NODE);
    say_register(&node, "a", 1, 0);
    say_register(&other_node, "b", 2, 0);
    cr_expect(WAIT_FOR(strstr(caller.list, "b@") != NULL, T_LONG_MS), "%s", caller.list);
    /* one renews all the time, the other is silent, and then cut */
    other_node.node.name = NULL;
    uint64_t start_ns = other_node.renewed_ns;
    if (!WAIT_FOR(strstr(caller.list, "b@") == NULL, 1500)) {
        jgi_connection_close(other_node.connection, JG_OK, NULL);
        other_node.connection = NULL;
    }
    cr_expect(WAIT_FOR(strstr(caller.list, "b@") == NULL, T_LONG_MS), "%s", caller.list);
    uint64_t took_ms = (jgi_clock_ns() - start_ns) / 1000000u;
    cr_expect_geq(took_ms, 2950, "%d ms", (int)took_ms);
    cr_expect(WAIT_FOR(strcmp(caller.list, "a@127.0.0.1:3031 0;") == 0, T_LONG_MS), "%s",
              caller.list);
}

Test(control_register, a_node_that_ends_is_gone_at_once)
{
    open_peer(&caller, JGI_PEER_CALLER);
    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a", 1, 0);
    cr_expect(WAIT_FOR(caller.list[0] != '\0', T_LONG_MS));
    jgi_connection_close(node.connection, JG_EDOWN, "the node ends");
    node.connection = NULL;
    cr_expect(WAIT_FOR(caller.list[0] == '\0', T_LONG_MS), "%s", caller.list);
}

Test(control_register, of_two_nodes_with_one_name_the_later_has_it)
{
    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a", 1, 0);
    cr_expect(WAIT_FOR(node.list[0] != '\0', T_LONG_MS));
    open_peer(&other_node, JGI_PEER_NODE);
    say_register(&other_node, "a", 2, 1);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS));
    cr_expect_eq(node.status, JG_EMISMATCH);
    cr_expect_not_null(strstr(node.why, "--name"), "%s", node.why);
    cr_expect(WAIT_FOR(strcmp(other_node.list, "a@127.0.0.1:3031 1;") == 0, T_LONG_MS));

    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a", 1, 0);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS), "it does not get it back");
    cr_expect_eq(node.status, JG_EMISMATCH);
    cr_expect_not(other_node.has_ended);
}

Test(control_register, a_control_that_was_killed_and_started_again_is_whole_after_a_period)
{
    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a", 1, 0);
    cr_expect(WAIT_FOR(node.list[0] != '\0', T_LONG_MS));
    uint64_t incarnation = node.control_incarnation;
    jgi_loop_unlock(loop);
    cr_expect_eq(t_daemon_end(&control, SIGKILL), -1);
    jgi_loop_lock(loop);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS), "its end is seen at once");
    cr_expect_eq(node.status, JG_ENODE);
    jgi_loop_unlock(loop);
    control = t_control_start(address, NULL);
    jgi_loop_lock(loop);
    open_peer(&caller, JGI_PEER_CALLER);
    cr_expect_str_empty(caller.list);
    cr_expect_neq(caller.control_incarnation, incarnation);
    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a", 1, 0);
    cr_expect(WAIT_FOR(strcmp(caller.list, "a@127.0.0.1:3031 0;") == 0, T_LONG_MS));
}

Test(control_register, control_that_ends_says_goodbye)
{
    open_peer(&caller, JGI_PEER_CALLER);
    jgi_loop_unlock(loop);
    cr_expect_eq(t_daemon_end(&control, SIGTERM), 0);
    jgi_loop_lock(loop);
    cr_expect(WAIT_FOR(caller.has_ended, T_LONG_MS));
    cr_expect_eq(caller.status, JG_EDOWN, "%s", caller.why);
    jgi_loop_unlock(loop);
    control = t_control_start(address, NULL);
    jgi_loop_lock(loop);
}

Test(control_register, serves_nobody_with_another_secret)
{
    struct jgi_secret wrong = {{1, 2, 3}};
    dial(&node, JGI_PEER_NODE, &wrong);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS));
    cr_expect_eq(node.status, JG_EAUTH, "%s", node.why);
    dial(&node, JGI_PEER_NODE, NULL);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS));
    cr_expect_eq(node.status, JG_EAUTH, "%s", node.why);
}

Test(control_register, ends_links_that_say_what_they_may_not)
{
    open_peer(&caller, JGI_PEER_CALLER);
    say_register(&caller, "a", 1, 0);
    cr_expect(WAIT_FOR(caller.has_ended, T_LONG_MS));
    cr_expect_eq(caller.status, JG_EPROTOCOL, "%s", caller.why);

    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a b", 1, 0);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS));
    cr_expect_eq(node.status, JG_EPROTOCOL, "%s", node.why);

    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a", 1, 0);
    say_register(&node, "b", 1, 0);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS));
    cr_expect_eq(node.status, JG_EPROTOCOL, "%s", node.why);

    open_peer(&node, JGI_PEER_NODE);
    cr_assert(jgi_connection_send(
        node.connection, &(struct jgi_message){.kind = JGI_MESSAGE_RELEASED, .number = 1}));
    jgi_loop_flush(loop);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS));
    cr_expect_eq(node.status, JG_EPROTOCOL, "%s", node.why);

    dial(&node, JGI_PEER_CONTROL, &secret);
    cr_expect(WAIT_FOR(node.has_ended, T_LONG_MS));
    cr_expect_eq(node.status, JG_EPROTOCOL, "%s", node.why);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

Test(control_register, a_peer_fills_no_log)
{
    enum { ROUNDS = 60, LINES_MAX = JGI_PACE_LINES + 1 }; /* and how many were left out */
    char said[16384] = "";
    uint64_t start_ns = jgi_clock_ns();
    for (int i = 0; i < ROUNDS; i++) {
        open_peer(&node, JGI_PEER_NODE);
        say_register(&node, i % 2 == 0 ? "a b" : "a", 1, 0);
        cr_expect(WAIT_FOR(node.has_ended || node.list[0] != '\0', T_LONG_MS));
        if (node.connection == NULL) continue;
        jgi_connection_close(node.connection, JG_EDOWN, "it ends");
        node.connection = NULL;
        open_peer(&caller, JGI_PEER_CALLER);
        cr_expect(WAIT_FOR(caller.list[0] == '\0', T_LONG_MS));
        jgi_connection_close(caller.connection, JG_OK, NULL);
        caller.connection = NULL;
    }
    ssize_t size = read(control.errors, said, sizeof said - 1);
    cr_expect_gt(size, 0);
    uint64_t periods = 1 + (jgi_clock_ns() - start_ns) / (JGI_PACE_PERIOD_S * UINT64_C(1000000000));
    cr_expect_leq(count_lines(said), (periods + 1) * LINES_MAX, "%s", said);
}

Test(control_register, a_node_that_is_refused_on_and_on_is_told_once)
{
    char said[16384] = "";
    open_peer(&other_node, JGI_PEER_NODE);
    say_register(&other_node, "a", 1, 0);
    cr_expect(WAIT_FOR(other_node.list[0] != '\0', T_LONG_MS));
    open_peer(&node, JGI_PEER_NODE);
    say_register(&node, "a", 2, 0);
    cr_expect(WAIT_FOR(other_node.has_ended, T_LONG_MS));
    for (int i = 0; i < 5; i++) {
        open_peer(&other_node, JGI_PEER_NODE);
        say_register(&other_node, "a", 1, 0);
        cr_expect(WAIT_FOR(other_node.has_ended, T_LONG_MS));
        cr_expect_eq(other_node.status, JG_EMISMATCH);
    }
    cr_expect_gt(read(control.errors, said, sizeof said - 1), 0);
    const char *first = strstr(said, "is refused");
    cr_assert_not_null(first, "%s", said);
    cr_expect_null(strstr(first + 1, "is refused"), "%s", said);
}

/* A socket that connections come to and nobody speaks on. */
static int listen_silently(char *ret_address, size_t size)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(listen(fd, 512), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &length), 0);
    (void)snprintf(ret_address, size, "127.0.0.1:%u", ntohs(at.sin_port));
    return fd;
}

/* Of the connections to it so many are not closed. */
static unsigned count_open(int listener, int *fds, size_t *count)
{
    unsigned open_count = 0;
    char byte;
    while ((fds[*count] = accept(listener, NULL, NULL)) >= 0)
        ++*count;
    for (size_t i = 0; i < *count; i++)
        open_count += recv(fds[i], &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
    return open_count;
}

/* The one node that a program is told has so many slots busy. */
static bool is_told(unsigned busy)
{
    struct jg_node *nodes = NULL;
    size_t count = 0;
    bool is_so = jg_nodes(&nodes, &count) == JG_OK && count == 1 && nodes[0].busy == busy;
    jg_nodes_free(nodes);
    return is_so;
}

Test(control_register, a_node_that_is_ever_another_costs_a_program_few_links)
{
    enum { FEW = 3, MANY = 20, LOOK_MS = 50 };
    static int fds[1024];
    char at[40], url[60];
    size_t count = 0;
    bool are_few = false;
    int listener = listen_silently(at, sizeof at);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", control.port);
    (void)setenv("JOBGEN_CONTROL", url, 1);
    advertised = at;
    open_peer(&node, JGI_PEER_NODE);
    /* They are looked at for a moment only, since each is given up after 3 s in any case; but again
       and again, until a moment was enough. */
    for (unsigned i = 1; !are_few && count < sizeof fds / sizeof *fds / 2; i++) {
        uint64_t revision = node.revision, deadline_ns = jgi_clock_deadline(T_LONG_MS);
        say_register(&node, "a", i, i);
        cr_assert(WAIT_FOR(node.revision != revision, T_LONG_MS));
        jgi_loop_unlock(loop);
        while (!is_told(i))
            cr_assert_lt(jgi_clock_ns(), deadline_ns);
        jgi_loop_lock(loop);
        if (i < MANY) continue;
        deadline_ns = jgi_clock_deadline(LOOK_MS);
        while (!are_few && jgi_clock_ns() < deadline_ns)
            are_few = count_open(listener, fds, &count) <= FEW;
    }
    cr_expect(are_few, "of %zu", count);
    cr_expect_gt(count, 0);
    (void)close(listener);
    while (count > 0)
        (void)close(fds[--count]);
}
