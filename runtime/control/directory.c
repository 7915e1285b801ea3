/* SPDX-License-Identifier: MIT */
/* The register of nodes, by name. Pure: time and what is known of a peer are handed in. */
#include "directory.h"

#include "../base/clock.h"
#include "../wire/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENTRY_OVERHEAD = 64,                                  /* of one node in a frame, at most */
    LIST_SIZE_MAX = JGI_MESSAGE_HEAD_MAX - ENTRY_OVERHEAD /* the list must fit into one frame */
};

struct node {
    struct jgi_node_entry entry; /* its strings are the ones below */
    void *owner;                 /* NULL: its link is gone */
    uint64_t due_ns;
    uint64_t displaced; /* incarnation that had the name before; 0: none */
    char name[JGI_NODE_NAME_MAX + 1];
    char address[JGI_ADDRESS_MAX + 1];
    char tags[JGI_NODE_TAGS_MAX + 1];
};

struct jgi_directory {
    struct node *nodes[JGI_NODES_MAX]; /* owned, by name */
    size_t count;
    size_t list_size; /* bytes of all entries in a frame, at most */
    uint64_t revision;
    struct jgi_node_entry list[JGI_NODES_MAX];
};

struct jgi_directory *jgi_directory_new(void)
{
    struct jgi_directory *directory = calloc(1, sizeof *directory);
    if (directory != NULL) directory->revision = 1;
    return directory;
}

struct jgi_directory *jgi_directory_free(struct jgi_directory *directory)
{
    if (directory == NULL) return NULL;
    for (size_t i = 0; i < directory->count; i++)
        free(directory->nodes[i]);
    free(directory);
    return NULL;
}

/* Where the name is, or would have to be. */
static size_t place_of(const struct jgi_directory *directory, const char *name, bool *ret_is_there)
{
    size_t low = 0, high = directory->count;
    *ret_is_there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(directory->nodes[middle]->name, name);
        if (order == 0) *ret_is_there = true;
        if (order >= 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static size_t size_in_frame(const struct node *node)
{
    return strlen(node->name) + strlen(node->address) + strlen(node->tags) + ENTRY_OVERHEAD;
}

static void insert(struct jgi_directory *directory, size_t place, struct node *node)
{
    struct node **at = &directory->nodes[place];
    memmove(at + 1, at, (directory->count - place) * sizeof(struct node *));
    *at = node;
    directory->count++;
    directory->list_size += size_in_frame(node);
}

static void drop(struct jgi_directory *directory, size_t place)
{
    struct node **at = &directory->nodes[place];
    directory->list_size -= size_in_frame(*at);
    free(*at);
    directory->count--;
    memmove(at, at + 1, (directory->count - place) * sizeof(struct node *));
    directory->revision++;
}

static bool is_node_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    return size > 0 && size <= JGI_NODE_NAME_MAX && name[size] == '\0';
}

static bool are_tags(const char *tags)
{
    for (size_t i = 0; tags[i] != '\0'; i++)
        if (i == JGI_NODE_TAGS_MAX || tags[i] <= ' ' || tags[i] > '~') return false;
    return true;
}

/* The address that callers dial. A node that listens on IPv4 only may have come by ::1. */
static bool fill_address(struct node *node, const char *told, const char *source)
{
    char host[JGI_HOST_MAX + 1];
    unsigned port;
    if (!jgi_address_split(told, host, &port) || port == 0) return false;
    if (!jgi_host_is_wildcard(host)) {
        jgi_address_join(host, port, node->address);
        return true;
    }
    static const char mapped[] = "::ffff:";
    if (strncmp(source, mapped, sizeof mapped - 1) == 0) source += sizeof mapped - 1;
    bool is_other_family = jgi_host_is_ipv4(host) && strcmp(source, "::1") == 0;
    jgi_address_join(is_other_family ? "127.0.0.1" : source, port, node->address);
    return true;
}

/* NULL, or what is wrong with it. */
static const char *fill(struct node *node, const struct jgi_registration *registration)
{
    const struct jgi_node_entry *told = registration->node;
    if (!is_node_name(told->name))
        return "a node's name has 1 to 63 letters, digits, dots, hyphens and underscores";
    if (!are_tags(told->tags)) return "a node's tags have at most 255 printable bytes, no space";
    if (!fill_address(node, told->address, registration->source))
        return "a node's address is host:port";
    if (told->incarnation == 0) return "a node's incarnation is not 0";
    strcpy(node->name, told->name);
    strcpy(node->tags, told->tags);
    node->entry = *told;
    node->owner = registration->owner;
    node->due_ns =
        registration->now_ns + (uint64_t)JGI_DIRECTORY_PERIOD_MS * JGI_DIRECTORY_PERIODS * 1000000u;
    return NULL;
}

/* Its strings are where the node is. */
static void bind_strings(struct node *node)
{
    node->entry.name = node->name;
    node->entry.address = node->address;
    node->entry.tags = node->tags;
}

static bool is_urgent_change(const struct node *old, const struct node *new)
{
    return old->entry.incarnation != new->entry.incarnation ||
           old->entry.slots != new->entry.slots ||
           old->entry.is_draining != new->entry.is_draining ||
           strcmp(old->address, new->address) != 0 || strcmp(old->tags, new->tags) != 0;
}

static struct jgi_registered refuse(jg_status status, const char *text)
{
    return (struct jgi_registered){.status = status, .text = text};
}

static struct jgi_registered add(struct jgi_directory *directory, size_t place,
                                 const struct node *filled)
{
    if (directory->count == JGI_NODES_MAX ||
        directory->list_size + size_in_frame(filled) > LIST_SIZE_MAX)
        return refuse(JG_EFULL, "the register of nodes is full");
    struct node *node = malloc(sizeof *node);
    if (node == NULL) return refuse(JG_ENOMEM, "control is out of memory");
    *node = *filled;
    bind_strings(node);
    insert(directory, place, node);
    directory->revision++;
    return (struct jgi_registered){.is_change = true, .is_urgent_change = true};
}

static struct jgi_registered renew(struct jgi_directory *directory, struct node *node,
                                   struct node *filled)
{
    bool is_same_node = filled->entry.incarnation == node->entry.incarnation;
    if (!is_same_node && filled->entry.incarnation == node->displaced)
        return refuse(JG_EMISMATCH, "another node of this name has registered since; give each "
                                    "node a name of its own (jobd node --name)");
    size_t list_size = directory->list_size - size_in_frame(node) + size_in_frame(filled);
    if (list_size > LIST_SIZE_MAX) return refuse(JG_EFULL, "the register of nodes is full");
    struct jgi_registered done = {.is_same_node = is_same_node};
    if (node->owner != filled->owner) done.displaced = node->owner;
    done.is_urgent_change = is_urgent_change(node, filled);
    done.is_change = done.is_urgent_change || node->entry.busy != filled->entry.busy;
    filled->displaced = is_same_node ? node->displaced : node->entry.incarnation;
    *node = *filled;
    bind_strings(node);
    directory->list_size = list_size;
    if (done.is_change) directory->revision++;
    return done;
}

struct jgi_registered jgi_directory_register(struct jgi_directory *directory,
                                             const struct jgi_registration *registration)
{
    struct node filled = {0};
    const char *wrong = fill(&filled, registration);
    if (wrong != NULL) return refuse(JG_EPROTOCOL, wrong);
    bool is_there;
    size_t place = place_of(directory, filled.name, &is_there);
    return is_there ? renew(directory, directory->nodes[place], &filled)
                    : add(directory, place, &filled);
}

void jgi_directory_leave(struct jgi_directory *directory, const char *name, const void *owner)
{
    bool is_there;
    size_t place = place_of(directory, name, &is_there);
    if (is_there && directory->nodes[place]->owner == owner) directory->nodes[place]->owner = NULL;
}

bool jgi_directory_remove(struct jgi_directory *directory, const char *name, const void *owner)
{
    bool is_there;
    size_t place = place_of(directory, name, &is_there);
    if (!is_there || directory->nodes[place]->owner != owner) return false;
    drop(directory, place);
    return true;
}

bool jgi_directory_expire(struct jgi_directory *directory, uint64_t now_ns,
                          char ret_name[JGI_NODE_NAME_MAX + 1])
{
    for (size_t i = directory->count; i > 0; i--) {
        const struct node *node = directory->nodes[i - 1];
        if (node->due_ns > now_ns) continue;
        (void)snprintf(ret_name, JGI_NODE_NAME_MAX + 1, "%s", node->name);
        drop(directory, i - 1);
        return true;
    }
    return false;
}

uint64_t jgi_directory_due_ns(const struct jgi_directory *directory)
{
    uint64_t due_ns = JGI_NEVER;
    for (size_t i = 0; i < directory->count; i++)
        if (directory->nodes[i]->due_ns < due_ns) due_ns = directory->nodes[i]->due_ns;
    return due_ns;
}

uint64_t jgi_directory_revision(const struct jgi_directory *directory)
{
    return directory->revision;
}

static bool has_loopback_address(const struct node *node)
{
    char host[JGI_HOST_MAX + 1];
    unsigned port;
    return jgi_address_split(node->address, host, &port) && jgi_host_is_loopback(host);
}

const struct jgi_node_entry *jgi_directory_list(struct jgi_directory *directory, bool for_loopback,
                                                size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < directory->count; i++)
        if (for_loopback || !has_loopback_address(directory->nodes[i]))
            directory->list[count++] = directory->nodes[i]->entry;
    *ret_count = count;
    return directory->list;
}
