/* SPDX-License-Identifier: MIT */
/* jg_nodes: the list of nodes as the router has it, copied for people. */
#define _GNU_SOURCE
#include "client.h"
#include "failure.h"

#include "../base/clock.h"
#include "../wire/durations.h"
#include "../worker/channel.h"
#include "report.h"

#include <jobgen/runtime.h>
#include <stdlib.h>
#include <string.h>

/* One block: the array, and the texts behind it. */
struct copy {
    struct jg_node *nodes;
    size_t count;
    char *texts; /* NULL: only measured */
    size_t text_size;
};

static const char *keep(struct copy *copy, const char *text)
{
    size_t size = strlen(text) + 1;
    char *to = copy->texts == NULL ? NULL : copy->texts + copy->text_size;
    if (to != NULL) memcpy(to, text, size);
    copy->text_size += size;
    return to;
}

static void add(void *user, const struct jgi_node_entry *node)
{
    struct copy *copy = user;
    struct jg_node one = {.name = keep(copy, node->name),
                          .address = keep(copy, node->address),
                          .tags = keep(copy, node->tags),
                          .slots = node->slots,
                          .busy = node->busy,
                          .draining = node->is_draining};
    if (copy->texts != NULL) copy->nodes[copy->count] = one;
    copy->count++;
}

/* Calls `add` for every node; locked. */
static jg_status list(struct jgi_client *client, struct copy *copy, char *text, size_t size)
{
    if (client->router != NULL) return jgi_router_nodes(client->router, add, copy, text, size);
    add(copy, &(struct jgi_node_entry){.name = "local",
                                       .address = "",
                                       .tags = "",
                                       .slots = jgi_report_settings()->slots,
                                       .busy = jgi_pool_busy(client->pool)});
    return JG_OK;
}

/* Locked. */
static jg_status copy_nodes(struct jgi_client *client, struct copy *copy, char *text, size_t size)
{
    jg_status status = list(client, copy, text, size);
    if (status != JG_OK) return status;
    size_t array_size = copy->count * sizeof *copy->nodes;
    copy->nodes = malloc(array_size + copy->text_size + 1);
    if (copy->nodes == NULL) return JG_ENOMEM;
    copy->texts = (char *)copy->nodes + array_size;
    copy->count = copy->text_size = 0;
    return list(client, copy, text, size);
}

static jg_status fail(jg_status status, const char *cause)
{
    struct jgi_outcome outcome = JGI_OUTCOME_INIT;
    jgi_outcome_fail(&outcome, status, "%s", cause);
    outcome.node = strdup("");
    jgi_failure_note("jg_nodes", NULL, &outcome);
    jgi_outcome_fini(&outcome);
    return status;
}

jg_status jg_nodes(struct jg_node **ret_nodes, size_t *ret_count)
{
    struct copy copy = {.nodes = NULL};
    char text[300] = "";
    *ret_nodes = NULL;
    *ret_count = 0;
    if (jgi_channel_current() != NULL)
        return fail(JG_ECONTROL, "inside a job the nodes are not known");
    struct jgi_client *client = jgi_client_get();
    if (client == NULL) return fail(JG_ENOMEM, "no memory, descriptors or threads");
    if (client->no_router != JG_OK) return fail(client->no_router, client->why_no_router);
    uint64_t deadline_ns = jgi_clock_ns() + JGI_FIRST_NODE_NS;
    jgi_loop_lock(client->loop);
    if (client->router != NULL) jgi_router_await_list(client->router, deadline_ns);
    jg_status status = copy_nodes(client, &copy, text, sizeof text);
    jgi_loop_unlock(client->loop);
    if (status != JG_OK) {
        free(copy.nodes);
        return fail(status, text[0] == '\0' ? jg_strerror(status) : text);
    }
    *ret_nodes = copy.nodes;
    *ret_count = copy.count;
    return JG_OK;
}

void jg_nodes_free(struct jg_node *nodes)
{
    free(nodes);
}
