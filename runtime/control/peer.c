/* SPDX-License-Identifier: MIT */
/* Whose program is at the other end of a connection on this machine.

   HTTP from a browser cannot prove anything, but the kernel knows whose socket it is: the tables of
   TCP sockets have a row for the peer's end too. Rows without an inode belong to nobody any more
   (the kernel shows them as root's) and are left out. */
#define _GNU_SOURCE
#include "peer.h"

#include "../wire/address.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As IPv6, IPv4 mapped: a program may use a socket of either kind for the same connection. */
struct end {
    struct in6_addr address;
    unsigned port;
};

static void map(struct in_addr four, struct in6_addr *ret_address)
{
    static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
    memcpy(ret_address->s6_addr, prefix, sizeof prefix);
    memcpy(ret_address->s6_addr + sizeof prefix, &four, sizeof four);
}

static bool read_peer(const char *text, struct end *ret_end)
{
    char host[JGI_HOST_MAX + 1];
    struct in_addr four;
    if (!jgi_address_split(text, host, &ret_end->port)) return false;
    host[strcspn(host, "%")] = '\0';
    if (inet_pton(AF_INET6, host, &ret_end->address) == 1) return true;
    if (inet_pton(AF_INET, host, &four) != 1) return false;
    map(four, &ret_end->address);
    return true;
}

/* "0100007F:0BD6": words of the address as this machine has them, and the port as a number. */
static bool read_end(const char *text, struct end *ret_end)
{
    uint32_t words[4];
    size_t digits = strcspn(text, ":"), count = digits / 8;
    if (digits % 8 != 0 || (count != 1 && count != 4) ||
        sscanf(text + digits, ":%4X", &ret_end->port) != 1)
        return false;
    for (size_t i = 0; i < count; i++)
        if (sscanf(text + 8 * i, "%8X", &words[i]) != 1) return false;
    if (count == 4)
        memcpy(&ret_end->address, words, sizeof words);
    else
        map((struct in_addr){.s_addr = words[0]}, &ret_end->address);
    return true;
}

static bool is_same(const struct end *a, const struct end *b)
{
    return a->port == b->port && memcmp(&a->address, &b->address, sizeof a->address) == 0;
}

/* What the rows of one table say. */
struct finding {
    unsigned trusted, strangers;
};

static void read_row(const char *row, const struct end *peer, unsigned local_port,
                     struct finding *finding)
{
    char near_text[40], far_text[40];
    struct end near, far;
    unsigned uid;
    unsigned long long inode;
    if (sscanf(row, "%*s %39s %39s %*s %*s %*s %*s %u %*s %llu", near_text, far_text, &uid,
               &inode) != 4)
        return;
    if (inode == 0 || !read_end(near_text, &near) || !read_end(far_text, &far)) return;
    if (!is_same(&near, peer) || far.port != local_port) return;
    if (uid == 0 || uid == geteuid())
        finding->trusted++;
    else
        finding->strangers++;
}

static void read_table(const char *path, const struct end *peer, unsigned local_port,
                       struct finding *finding)
{
    FILE *table = fopen(path, "re");
    if (table == NULL) return; /* a kernel without this family */
    char *row = NULL, port[12];
    size_t capacity = 0;
    (void)snprintf(port, sizeof port, ":%04X ", peer->port);
    while (getline(&row, &capacity, table) > 0)
        if (strstr(row, port) != NULL) /* else reading it takes most of the time */
            read_row(row, peer, local_port, finding);
    free(row);
    (void)fclose(table); /* was only read */
}

bool jgi_peer_is_trusted(const char *peer, unsigned local_port)
{
    struct end end;
    struct finding finding = {0};
    if (!read_peer(peer, &end)) return false;
    read_table("/proc/self/net/tcp", &end, local_port, &finding);
    read_table("/proc/self/net/tcp6", &end, local_port, &finding);
    return finding.trusted > 0 && finding.strangers == 0;
}
