/* SPDX-License-Identifier: MIT */
/* What the loop's rounds promise: flushes in order, again where one asks for it, and removal at any
 * time. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/loop.h"

#include <string.h>

/* A round that writes its letter into a shared text. */
struct letter {
    struct jgi_round round;
    char letter;
    char *text;
    int asks_again;           /* this many times */
    struct letter *to_remove; /* in its flush; NULL: none */
    pthread_cond_t *ended;    /* told by on_end; NULL: nobody */
    int end_count;
};

static void on_flush(struct jgi_loop *loop, struct jgi_round *round)
{
    struct letter *one = JGI_OWNER(round, struct letter, round);
    size_t length = strlen(one->text);
    one->text[length] = one->letter;
    one->text[length + 1] = '\0';
    if (one->asks_again-- > 0) jgi_loop_flush(loop);
    if (one->to_remove != NULL) jgi_loop_remove_round(loop, &one->to_remove->round);
    one->to_remove = NULL;
}

static void on_end(struct jgi_loop *loop, struct jgi_round *round)
{
    struct letter *one = JGI_OWNER(round, struct letter, round);
    (void)loop;
    one->end_count++;
    if (one->ended != NULL) (void)pthread_cond_signal(one->ended);
}

static struct jgi_loop *loop;
static char text[64];
static struct letter a, b, c; /* rounds outlive the loop */

static struct letter letter(char which)
{
    return (struct letter){.round.on_flush = on_flush, .letter = which, .text = text};
}

static void set_up(void)
{
    a = letter('a');
    b = letter('b');
    c = letter('c');
    loop = jgi_loop_new();
    cr_assert_not_null(loop);
    jgi_loop_lock(loop);
}

static void tear_down(void)
{
    jgi_loop_unlock(loop);
    loop = jgi_loop_free(loop);
}

TestSuite(loop, .init = set_up, .fini = tear_down);

Test(loop, flush_calls_all_in_the_order_in_which_they_were_added)
{
    c.round.on_flush = NULL;
    jgi_loop_add_round(loop, &a.round);
    jgi_loop_add_round(loop, &c.round);
    jgi_loop_add_round(loop, &b.round);
    jgi_loop_flush(loop);
    cr_assert_str_eq(text, "ab");
}

Test(loop, a_flush_within_a_flush_calls_all_once_more_after_it)
{
    b.asks_again = 1;
    jgi_loop_add_round(loop, &a.round);
    jgi_loop_add_round(loop, &b.round);
    jgi_loop_flush(loop);
    cr_assert_str_eq(text, "abab");
}

Test(loop, a_flush_may_remove_its_own_round_the_next_and_the_last)
{
    jgi_loop_add_round(loop, &a.round);
    jgi_loop_add_round(loop, &b.round);
    jgi_loop_add_round(loop, &c.round);
    a.to_remove = &b;
    c.to_remove = &c;
    jgi_loop_flush(loop);
    cr_assert_str_eq(text, "ac");
    a.to_remove = &a;
    jgi_loop_flush(loop);
    cr_assert_str_eq(text, "aca");
    jgi_loop_flush(loop);
    cr_assert_str_eq(text, "aca");
}

Test(loop, a_round_ends_with_a_flush_and_then_with_on_end)
{
    static pthread_cond_t ended;
    cr_assert(jgi_condition_init(&ended));
    a.ended = &ended;
    a.round.on_end = on_end;
    jgi_loop_add_round(loop, &a.round);
    jgi_loop_wake(loop);
    while (a.end_count == 0)
        cr_assert(jgi_loop_wait(loop, &ended, jgi_clock_deadline(60000)));
    cr_assert_eq(text[0], 'a');
    jgi_loop_remove_round(loop, &a.round);
}
