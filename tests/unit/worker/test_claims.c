/* SPDX-License-Identifier: MIT */
/* An execution that was sent ahead is either begun or taken back, never both. */
#include "worker/claims.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

enum { ROUNDS = 20000 };

static struct jgi_claims claims;

Test(claims, what_is_offered_can_be_taken_once)
{
    jgi_claim_offer(&claims, 3, 77);
    cr_expect_not(jgi_claim_take(&claims, 3, 78), "another execution");
    cr_expect_not(jgi_claim_take(&claims, 4, 77), "another place");
    cr_expect(jgi_claim_take(&claims, 3, 77));
    cr_expect_not(jgi_claim_take(&claims, 3, 77));
    cr_expect_not(jgi_claim_withdraw(&claims, 3, 77), "it has begun");
    cr_expect_eq(claims.places[3], JGI_CLAIM_TAKEN, "which is seen after a death");
}

Test(claims, what_is_withdrawn_can_not_be_taken)
{
    jgi_claim_offer(&claims, JGI_CLAIM_COUNT - 1, 77);
    cr_expect_not(jgi_claim_withdraw(&claims, JGI_CLAIM_COUNT - 1, 78));
    cr_expect(jgi_claim_withdraw(&claims, JGI_CLAIM_COUNT - 1, 77));
    cr_expect_not(jgi_claim_withdraw(&claims, JGI_CLAIM_COUNT - 1, 77));
    cr_expect_not(jgi_claim_take(&claims, JGI_CLAIM_COUNT - 1, 77));
    jgi_claim_offer(&claims, JGI_CLAIM_COUNT - 1, 79);
    cr_expect(jgi_claim_take(&claims, JGI_CLAIM_COUNT - 1, 79), "the place serves again");
}

static pthread_barrier_t barrier;
static bool was_taken[ROUNDS], was_withdrawn[ROUNDS];

static void *take(void *argument)
{
    for (uint64_t number = 1; number < ROUNDS; number++) {
        (void)pthread_barrier_wait(&barrier);
        was_taken[number] = jgi_claim_take(&claims, 0, number);
        (void)pthread_barrier_wait(&barrier);
    }
    return argument;
}

Test(claims, exactly_one_of_two_wins)
{
    pthread_t worker;
    cr_assert_eq(pthread_barrier_init(&barrier, NULL, 2), 0);
    cr_assert_eq(pthread_create(&worker, NULL, take, NULL), 0);
    for (uint64_t number = 1; number < ROUNDS; number++) {
        jgi_claim_offer(&claims, 0, number);
        (void)pthread_barrier_wait(&barrier);
        was_withdrawn[number] = jgi_claim_withdraw(&claims, 0, number);
        (void)pthread_barrier_wait(&barrier);
    }
    (void)pthread_join(worker, NULL);
    for (int number = 1; number < ROUNDS; number++)
        cr_assert_neq(was_taken[number], was_withdrawn[number], "number %d", number);
}
