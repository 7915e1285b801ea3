/* SPDX-License-Identifier: MIT */
/* The list of nodes as others read it: JSON for programs, HTML for people. */
#ifndef JOBGEN_CONTROL_LISTING_H
#define JOBGEN_CONTROL_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buffer.h"
#include "../wire/message.h"

struct jgi_listing {
    const struct jgi_node_entry *nodes; /* borrowed */
    size_t count;
    uint64_t revision;
};

/* {"revision": 3, "nodes": [{"name": "a", "address": "[::1]:3031", "incarnation":
   "00f1e2d3c4b5a697", "slots": 2, "busy": 0, "draining": false, "tags": {"gpu": "yes"}}]} and a
   line feed. False: no memory. */
bool jgi_listing_json(const struct jgi_listing *listing, struct jgi_buffer *out);

/* A whole page, without script or anything from elsewhere. False: no memory. */
bool jgi_listing_html(const struct jgi_listing *listing, struct jgi_buffer *out);

#endif
