/* SPDX-License-Identifier: MIT */
/* A node's link to control: it registers, renews, and dials again for ever. */
#ifndef JOBGEN_NODE_REGISTRATION_H
#define JOBGEN_NODE_REGISTRATION_H

#include "../base/loop.h"
#include "../wire/message.h"
#include "../wire/secret.h"

#include <jobgen/status.h>

struct jgi_registration_link;

struct jgi_registration_config {
    struct jgi_loop *loop;
    const char *control;             /* borrowed; "host:port" */
    const struct jgi_secret *secret; /* borrowed; NULL: nobody proves anything */
    struct jgi_node_entry node;      /* what it points to is borrowed */
    /* Called locked. */
    unsigned (*count_busy)(void *user);
    void (*on_taken)(void *user); /* control has the node in its list; after each new link */
    void (*on_refused)(void *user, jg_status status, const char *why); /* it goes on trying */
    void *user;
};

/* All below: locked. */

/* Dials. NULL: no memory. */
struct jgi_registration_link *
jgi_registration_link_new(const struct jgi_registration_config *config);

/* How busy the node is may have changed. */
void jgi_registration_link_renew(struct jgi_registration_link *registration);

/* Says that the node ends. NULL allowed. */
struct jgi_registration_link *
jgi_registration_link_free(struct jgi_registration_link *registration);

#endif
