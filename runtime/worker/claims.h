/* SPDX-License-Identifier: MIT */
/* The page that a pool shares with a reuse worker, so that executions may be sent ahead to it and
   taken back.

   The pool writes an execution's number into a free place and sends RUN with the place's index. The
   worker starts it only after it has exchanged the number for JGI_CLAIM_TAKEN; the pool takes it
   back by exchanging the number for 0. So exactly one of them wins, and after a death the page says
   which executions had begun.

   A short execution with more behind it leaves a small result in its place, which costs no system
   call. The pool looks at what has been left whenever a frame comes, and once more JGI_LOOK_NS
   later: the worker sees to it that nothing is left untold for JGI_LEFT_NS and more, so that no
   result waits for the execution behind it. */
#ifndef JOBGEN_WORKER_CLAIMS_H
#define JOBGEN_WORKER_CLAIMS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { JGI_CLAIM_COUNT = 64, JGI_CLAIM_NONE = UINT16_MAX, JGI_LEFT_MAX = 44 };

#define JGI_CLAIM_TAKEN UINT64_MAX
#define JGI_CLAIM_LEFT (UINT64_MAX - 1) /* it has ended, and its result lies here */

enum { JGI_LEFT_NS = 200 * 1000, JGI_LOOK_NS = 1000 * 1000 };

/* A result that was left: only a message, and no failure. */
struct jgi_left {
    uint64_t run_ns;
    uint32_t size;
    uint8_t message[JGI_LEFT_MAX];
};

struct jgi_claims {
    _Atomic uint64_t places[JGI_CLAIM_COUNT];
    struct jgi_left left[JGI_CLAIM_COUNT];
};

_Static_assert(sizeof(struct jgi_claims) <= 4096, "it is one page");

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

/* Worker, of one that it has taken: leaves its result; `size` is at most JGI_LEFT_MAX. */
static inline void jgi_claim_leave(struct jgi_claims *claims, uint32_t place, uint64_t run_ns,
                                   const void *message, size_t size)
{
    struct jgi_left *left = &claims->left[place];
    left->run_ns = run_ns;
    left->size = (uint32_t)size;
    if (size > 0) memcpy(left->message, message, size);
    atomic_store_explicit(&claims->places[place], JGI_CLAIM_LEFT, memory_order_release);
}

/* Pool: its result has been left. */
static inline bool jgi_claim_is_left(const struct jgi_claims *claims, uint32_t place)
{
    return place < JGI_CLAIM_COUNT &&
           atomic_load_explicit(&claims->places[place], memory_order_acquire) == JGI_CLAIM_LEFT;
}

/* Pool: the worker has not taken it. */
static inline bool jgi_claim_is_open(const struct jgi_claims *claims, uint32_t place,
                                     uint64_t number)
{
    return place < JGI_CLAIM_COUNT && atomic_load(&claims->places[place]) == number;
}

#endif
