/* SPDX-License-Identifier: MIT */
/* Which node a call goes to. Pure: no network, no clock. */
#ifndef JOBGEN_CLIENT_CHOOSE_H
#define JOBGEN_CLIENT_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jobgen/runtime.h>

struct jgi_choice {
    unsigned slots;       /* of the node; 0 counts as 1 */
    unsigned outstanding; /* of our executions there */
    bool is_eligible;
};

/* The index of the chosen one; `count`: none is eligible. `counter` is the process's one for
   roundrobin: the next eligible node after the one chosen before. `random`: 64 random bits.
   leastloaded: the fewest outstanding per slot, of equal ones the first behind the counter. */
size_t jgi_choose(enum jg_fanout fanout, const struct jgi_choice *nodes, size_t count,
                  uint64_t *counter, uint64_t random);

#endif
