/* SPDX-License-Identifier: MIT */
/* How long the ends of a link wait for each other. docs/design.md, calls on nodes. */
#ifndef JOBGEN_WIRE_DURATIONS_H
#define JOBGEN_WIRE_DURATIONS_H

#include <stdint.h>

#define JGI_MS_NS UINT64_C(1000000)

#define JGI_PING_AFTER_NS (1000 * JGI_MS_NS)     /* nothing came for this long: PING */
#define JGI_SILENT_AFTER_NS (4000 * JGI_MS_NS)   /* nothing came for this long: the link is dead */
#define JGI_HELLO_WITHIN_NS (3000 * JGI_MS_NS)   /* from the connection's start to HELLO */
#define JGI_ANSWER_WITHIN_NS (10000 * JGI_MS_NS) /* what a node has taken is answered */
#define JGI_NODE_LOST_NS (1500 * JGI_MS_NS)      /* caller: from the link's end, unless resumed */
#define JGI_CALLER_LOST_NS (1500 * JGI_MS_NS)    /* node: the same */
#define JGI_CALLER_SILENT_NS (2500 * JGI_MS_NS)  /* node: if it closed the link for silence */
#define JGI_FIRST_NODE_NS (5000 * JGI_MS_NS)     /* waiting for control and a first node */
#define JGI_RENEW_NS (1000 * JGI_MS_NS)          /* a node's registration is renewed */
#define JGI_FIRM_AFTER_NS (500 * JGI_MS_NS)      /* a cancel was polite; then it is firm */

#endif
