/* SPDX-License-Identifier: MIT */
/* The register of nodes, by name. Pure: time and what is known of a peer are handed in.

   A node that is not renewed for three periods is gone; until then it stays, linked or not, so that
   a link that is cut and dialed again changes nothing. Of two nodes with one name the one that
   registers later has it, and the earlier one does not get it back. */
#ifndef JOBGEN_CONTROL_DIRECTORY_H
#define JOBGEN_CONTROL_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../wire/durations.h"
#include "../wire/message.h"

#include <jobgen/status.h>

enum {
    JGI_DIRECTORY_PERIOD_MS = JGI_RENEW_NS / JGI_MS_NS,
    JGI_DIRECTORY_PERIODS = 3, /* without renewal, then a node is gone */
    JGI_NODE_NAME_MAX = 63,    /* letters, digits, '.', '-', '_' */
    JGI_NODE_TAGS_MAX = 255,   /* printable and no space */
};

struct jgi_directory;

/* NULL: no memory. */
struct jgi_directory *jgi_directory_new(void);
/* NULL allowed. */
struct jgi_directory *jgi_directory_free(struct jgi_directory *directory);

/* What a registration says, and who says it. */
struct jgi_registration {
    const struct jgi_node_entry *node; /* copied */
    const char *source;                /* host that the registering side is seen at */
    void *owner;                       /* its link; never NULL */
    uint64_t now_ns;
};

struct jgi_registered {
    jg_status status;      /* JG_EPROTOCOL (bad name, address or tags), JG_EFULL, JG_EMISMATCH (the
                              name went to a node that registered later), JG_ENOMEM */
    const char *text;      /* of a refusal: one sentence */
    void *displaced;       /* the owner that has lost the name; NULL: none */
    bool is_same_node;     /* ... because its node has a new link */
    bool is_change;        /* the list is another one */
    bool is_urgent_change; /* ... in more than how busy a node is */
};

/* Registers or renews. An address without a host, or with a wildcard for one, gets `source`. */
struct jgi_registered jgi_directory_register(struct jgi_directory *directory,
                                             const struct jgi_registration *registration);

/* The owner's link is gone; the node stays until its time. */
void jgi_directory_leave(struct jgi_directory *directory, const char *name, const void *owner);

/* The owner's node has ended. True: it was there. */
bool jgi_directory_remove(struct jgi_directory *directory, const char *name, const void *owner);

/* Drops one of the nodes that are gone by now, and gives its name. False: there is none. */
bool jgi_directory_expire(struct jgi_directory *directory, uint64_t now_ns,
                          char ret_name[JGI_NODE_NAME_MAX + 1]);
/* When the next one will be gone; JGI_NEVER: there is none. */
uint64_t jgi_directory_due_ns(const struct jgi_directory *directory);

/* Another number after each change; never 0. */
uint64_t jgi_directory_revision(const struct jgi_directory *directory);

/* The nodes by name; a peer that is not on this machine has no use for loopback addresses. Borrowed
   until the next call of any of these functions. */
const struct jgi_node_entry *jgi_directory_list(struct jgi_directory *directory, bool for_loopback,
                                                size_t *ret_count);

#endif
