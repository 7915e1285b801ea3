/* SPDX-License-Identifier: MIT */
/* The page that a pool shares with a reuse worker, so that executions may be sent ahead to it and
   taken back.

   The pool writes an execution's number into a free place and sends RUN with the place's index. The
   worker starts it only after it has exchanged the number for JGI_CLAIM_TAKEN; the pool takes it
   back by exchanging the number for 0. So exactly one of them wins, and after a death the page says
   which executions had begun. */
#ifndef JOBGEN_WORKER_CLAIMS_H
#define JOBGEN_WORKER_CLAIMS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { JGI_CLAIM_COUNT = 64, JGI_CLAIM_NONE = UINT16_MAX };

#define JGI_CLAIM_TAKEN UINT64_MAX

struct jgi_claims {
    _Atomic uint64_t places[JGI_CLAIM_COUNT];
};

/* Pool: offers it; worker: takes it; pool: takes it back. */
static inline void jgi_claim_offer(struct jgi_claims *claims, uint32_t place, uint64_t number)
{
    atomic_store_explicit(&claims->places[place], number, memory_order_release);
}

static inline bool jgi_claim_take(struct jgi_claims *claims, uint32_t place, uint64_t number)
{
    return atomic_compare_exchange_strong(&claims->places[place], &number, JGI_CLAIM_TAKEN);
}

static inline bool jgi_claim_withdraw(struct jgi_claims *claims, uint32_t place, uint64_t number)
{
    return atomic_compare_exchange_strong(&claims->places[place], &number, 0);
}

/* Pool: the worker has not taken it. */
static inline bool jgi_claim_is_open(const struct jgi_claims *claims, uint32_t place,
                                     uint64_t number)
{
    return place < JGI_CLAIM_COUNT && atomic_load(&claims->places[place]) == number;
}

#endif
