/* SPDX-License-Identifier: MIT */
/* What pools on one loop share: how many executions may run at once, and how many processes there
 * may be. Locked by the loop. */
#ifndef JOBGEN_WORKER_SLOTS_H
#define JOBGEN_WORKER_SLOTS_H

#include <stdint.h>

#include "../base/list.h"

struct jgi_slots {
    unsigned count;        /* executions at once */
    unsigned workers_max;  /* processes at once */
    unsigned busy;         /* held; more than `count` for as long as resumed ones go on */
    uint64_t next_order;   /* of tasks */
    struct jgi_link pools; /* that share them */
};

static inline void jgi_slots_init(struct jgi_slots *slots, unsigned count, unsigned workers_max)
{
    *slots = (struct jgi_slots){.count = count, .workers_max = workers_max};
    jgi_list_init(&slots->pools);
}

#endif
