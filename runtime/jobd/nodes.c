/* SPDX-License-Identifier: MIT */
/* jobd nodes: asks control for the list and prints it. Control is dialed until it answers or 5 s
   are over, so that the command may follow the daemon's start. */
#include "../base/clock.h"
#include "../control/listing.h"
#include "../wire/connection.h"
#include "../wire/durations.h"
#include "commands.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { DIAL_AGAIN_MS = 50 };

enum outcome {
    ASKING,
    FAILED, /* control is not there, yet */
    REFUSED,
    TOLD
};

struct asking {
    struct jgi_loop *loop;
    pthread_cond_t has_changed;
    bool is_json;
    enum outcome outcome;
    jg_status status; /* why it was refused */
    struct jgi_connection *connection;
    struct jgi_buffer text; /* the list */
    char why[256];
};

static void set_outcome(struct asking *asking, enum outcome outcome, const char *why)
{
    asking->outcome = outcome;
    (void)snprintf(asking->why, sizeof asking->why, "%s", why);
    (void)pthread_cond_broadcast(&asking->has_changed);
}

/* The columns but the last are as wide as their widest cell. */
struct widths {
    int name, address;
};

static struct widths measure(const struct jgi_listing *listing)
{
    struct widths widths = {4, 7};
    for (size_t i = 0; i < listing->count; i++) {
        int name = (int)strlen(listing->nodes[i].name);
        int address = (int)strlen(listing->nodes[i].address);
        if (name > widths.name) widths.name = name;
        if (address > widths.address) widths.address = address;
    }
    return widths;
}

static bool add_line(struct jgi_buffer *out, const char *line, int size)
{
    while (size > 0 && line[size - 1] == ' ')
        size--;
    return jgi_buffer_add(out, line, (size_t)size) && jgi_buffer_add(out, "\n", 1);
}

static bool add_table(const struct jgi_listing *listing, struct jgi_buffer *out)
{
    struct widths widths = measure(listing);
    char line[1024];
    int size = snprintf(line, sizeof line, "%-*s  %-*s  SLOTS  BUSY  TAGS", widths.name, "NAME",
                        widths.address, "ADDRESS");
    bool is_good = add_line(out, line, size);
    for (size_t i = 0; is_good && i < listing->count; i++) {
        const struct jgi_node_entry *node = &listing->nodes[i];
        size = snprintf(line, sizeof line, "%-*s  %-*s  %5u  %4u  %s%s", widths.name, node->name,
                        widths.address, node->address, node->slots, node->busy, node->tags,
                        node->is_draining ? " (draining)" : "");
        is_good = (size_t)size < sizeof line && add_line(out, line, size);
    }
    return is_good;
}

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    (void)connection; /* the list follows by itself */
    (void)user;
    (void)hello;
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    struct asking *asking = user;
    (void)connection;
    if (message->kind != JGI_MESSAGE_NODES || asking->outcome != ASKING) return;
    struct jgi_listing listing = {
        .nodes = message->nodes, .count = message->node_count, .revision = message->revision};
    bool is_good = asking->is_json ? jgi_listing_json(&listing, &asking->text)
                                   : add_table(&listing, &asking->text);
    set_outcome(asking, is_good ? TOLD : REFUSED, "no memory");
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct asking *asking = user;
    (void)connection;
    asking->connection = NULL;
    if (asking->outcome != ASKING) return;
    asking->status = status;
    bool is_lasting = status == JG_EAUTH || status == JG_EMISMATCH || status == JG_EPROTOCOL;
    set_outcome(asking, is_lasting ? REFUSED : FAILED, why);
}

static const struct jgi_connection_handler handler = {
    .on_open = on_open, .on_message = on_message, .on_end = on_end};

/* Locked. Dials until there is an outcome that lasts, or time is up. A control that cannot prove
   that it is of the same user may be one with --open-loopback: it is asked without proofs, which
   gives nothing away. */
static void ask(struct asking *asking, const struct jgi_url *url, const struct jgi_secret *secret)
{
    const struct jgi_message hello = {.kind = JGI_MESSAGE_HELLO, .role = JGI_PEER_COMMAND};
    struct jgi_connection_config config = {.loop = asking->loop,
                                           .handler = &handler,
                                           .user = asking,
                                           .secret = secret,
                                           .is_upgraded = true};
    uint64_t deadline_ns = jgi_clock_ns() + JGI_FIRST_NODE_NS;
    bool is_in_time = true;
    while (is_in_time && (asking->outcome == ASKING || asking->outcome == FAILED)) {
        asking->outcome = ASKING;
        asking->connection = jgi_connection_dial(&config, url->address, &hello);
        if (asking->connection == NULL) set_outcome(asking, REFUSED, "no memory to dial");
        while (asking->outcome == ASKING && is_in_time)
            is_in_time = jgi_loop_wait(asking->loop, &asking->has_changed, deadline_ns);
        if (asking->outcome == REFUSED && asking->status == JG_EAUTH && config.secret != NULL) {
            config.secret = NULL;
            asking->outcome = FAILED;
        }
        uint64_t again_ns = jgi_clock_deadline(DIAL_AGAIN_MS);
        while (asking->outcome == FAILED && is_in_time && jgi_clock_ns() < again_ns)
            (void)jgi_loop_wait(asking->loop, &asking->has_changed, again_ns);
        is_in_time = is_in_time && jgi_clock_ns() < deadline_ns;
    }
    if (asking->connection != NULL) jgi_connection_close(asking->connection, JG_OK, NULL);
    asking->connection = NULL;
}

static int print(const struct asking *asking)
{
    size_t size = jgi_buffer_size(&asking->text);
    if (fwrite(jgi_buffer_data(&asking->text), 1, size, stdout) == size && fflush(stdout) == 0)
        return JGI_EXIT_OK;
    return jgi_complain(JGI_EXIT_TEMPORARY, "nodes", "cannot write: %s", strerror(errno));
}

static int conclude(const struct asking *asking, const struct jgi_url *url)
{
    if (asking->outcome == TOLD) return print(asking);
    if (asking->outcome == REFUSED)
        return jgi_complain(JGI_EXIT_PERMANENT, "nodes", "control at http://%s/: %s", url->address,
                            asking->why);
    return jgi_complain(JGI_EXIT_TEMPORARY, "nodes",
                        "no control at http://%s/ within 5 s%s%s; start one: jobd control "
                        "--bind-socket [::]:%u",
                        url->address, asking->why[0] == '\0' ? "" : ": ", asking->why, url->port);
}

int jgi_command_nodes(int argc, char **argv)
{
    struct asking asking = {0};
    const struct jgi_option options[] = {
        {.name = "json", .help = "as http://CONTROL/v1/nodes has it", .flag = &asking.is_json},
    };
    const struct jgi_command command = {
        .name = "nodes",
        .usage = "[--json] [URL]",
        .help = "Prints the nodes that control knows. URL is where control is: by default what\n"
                "JOBGEN_CONTROL says, else http://localhost:3030/.\n",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument_max = 1,
    };
    struct jgi_arguments arguments;
    struct jgi_url url;
    struct jgi_secret secret;
    char text[512];
    int exit;
    if (!jgi_options_read(&command, argc, argv, &arguments, &exit) ||
        !jgi_options_control(&command, arguments.texts[0], &url, &exit))
        return exit;
    if (!jgi_secret_load(&secret, text, sizeof text))
        return jgi_complain(JGI_EXIT_PERMANENT, "nodes", "%s", text);
    asking.loop = jgi_loop_new(); /* not freed: see jobd/control.c */
    if (asking.loop == NULL || !jgi_condition_init(&asking.has_changed))
        return jgi_complain(JGI_EXIT_TEMPORARY, "nodes", "cannot start: %s", strerror(errno));
    jgi_loop_lock(asking.loop);
    ask(&asking, &url, &secret);
    jgi_loop_unlock(asking.loop);
    exit = conclude(&asking, &url);
    jgi_buffer_fini(&asking.text);
    return exit;
}
