/* SPDX-License-Identifier: MIT */
/* What the loop's thread calls, when, and in which order. Waits are bounded; no test measures. */
#include "base/clock.h"
#include "base/loop.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONG_MS = 60 * 1000 };
#define HOUR_NS (UINT64_C(3600) * 1000000000u)

/* What was called, one letter each; locked by the loop. */
static struct jgi_loop *loop;
static pthread_cond_t news;
static char log_text[64];

static void note(char letter)
{
    size_t length = strlen(log_text);
    if (length < sizeof log_text - 1) log_text[length] = letter;
    (void)pthread_cond_broadcast(&news);
}

static void open_loop(void)
{
    cr_assert(jgi_condition_init(&news));
    loop = jgi_loop_new();
    cr_assert_not_null(loop);
}

static void close_loop(void)
{
    loop = jgi_loop_free(loop);
}

/* Locked. Until so many letters are there. */
static void await_letters(size_t count)
{
    uint64_t deadline_ns = jgi_clock_deadline(LONG_MS);
    while (strlen(log_text) < count)
        cr_assert(jgi_loop_wait(loop, &news, deadline_ns), "only '%s' has come", log_text);
}

struct lettered {
    struct jgi_alarm alarm;
    char letter;
    int again; /* so often it sets itself */
};

static void on_due(struct jgi_loop *of, struct jgi_alarm *alarm)
{
    struct lettered *lettered = JGI_OWNER(alarm, struct lettered, alarm);
    note(lettered->letter);
    if (lettered->again-- > 0) (void)jgi_loop_set_alarm(of, alarm, jgi_clock_ns());
}

static struct lettered lettered(char letter)
{
    return (struct lettered){.alarm = {.on_due = on_due}, .letter = letter};
}

TestSuite(loop_thread, .init = open_loop, .fini = close_loop, .timeout = 90);

Test(loop_thread, alarms_come_in_the_order_of_their_moments)
{
    struct lettered a = lettered('a'), b = lettered('b'), c = lettered('c');
    jgi_loop_lock(loop);
    uint64_t now_ns = jgi_clock_ns();
    cr_assert(jgi_loop_set_alarm(loop, &c.alarm, now_ns + 3000000));
    cr_assert(jgi_loop_set_alarm(loop, &a.alarm, now_ns + 1000000));
    cr_assert(jgi_loop_set_alarm(loop, &b.alarm, now_ns + 2000000));
    await_letters(3);
    cr_expect_str_eq(log_text, "abc");
    jgi_loop_unlock(loop);
}

Test(loop_thread, an_alarm_never_comes_before_its_moment)
{
    struct lettered a = lettered('a');
    jgi_loop_lock(loop);
    uint64_t due_ns = jgi_clock_ns() + 20000000;
    cr_assert(jgi_loop_set_alarm(loop, &a.alarm, due_ns));
    await_letters(1);
    cr_expect_geq(jgi_clock_ns(), due_ns);
    jgi_loop_unlock(loop);
}

Test(loop_thread, a_cleared_alarm_does_not_come_and_a_moved_one_comes_once)
{
    struct lettered cleared = lettered('x'), never = lettered('n'), moved = lettered('m'),
                    last = lettered('l');
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_set_alarm(loop, &moved.alarm, jgi_clock_ns() + HOUR_NS));
    jgi_loop_unlock(loop); /* it goes to sleep for an hour, perhaps */
    jgi_loop_lock(loop);
    uint64_t now_ns = jgi_clock_ns();
    cr_assert(jgi_loop_set_alarm(loop, &cleared.alarm, now_ns + 1000000));
    cr_assert(jgi_loop_set_alarm(loop, &never.alarm, now_ns + 1000000));
    cr_assert(jgi_loop_set_alarm(loop, &moved.alarm, now_ns + 2000000));
    cr_assert(jgi_loop_set_alarm(loop, &last.alarm, now_ns + 3000000));
    jgi_loop_clear_alarm(loop, &cleared.alarm);
    jgi_loop_clear_alarm(loop, &cleared.alarm);
    cr_assert(jgi_loop_set_alarm(loop, &never.alarm, JGI_NEVER));
    await_letters(2);
    cr_expect_str_eq(log_text, "ml");
    jgi_loop_unlock(loop);
}

Test(loop_thread, an_alarm_may_set_itself_again)
{
    struct lettered a = lettered('a');
    a.again = 3;
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_set_alarm(loop, &a.alarm, 0));
    await_letters(4);
    cr_expect_str_eq(log_text, "aaaa");
    jgi_loop_unlock(loop);
}

/* Never on the stack: a round that has begun may still name a watch that was taken back. */
struct pipe_watch {
    struct jgi_watch watch;
    int other; /* the end that is not watched */
    char letter;
    uint32_t events;
    struct pipe_watch *unwatches; /* and itself */
};

/* Takes one byte. */
static void on_readable(struct jgi_loop *of, struct jgi_watch *watch, uint32_t events)
{
    struct pipe_watch *pipe_watch = JGI_OWNER(watch, struct pipe_watch, watch);
    char byte;
    (void)of;
    pipe_watch->events = events;
    (void)!read(watch->fd, &byte, 1);
    note(pipe_watch->letter);
}

static void open_watch(struct pipe_watch *pipe_watch, char letter)
{
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    *pipe_watch = (struct pipe_watch){
        .watch = {.fd = ends[0], .on_ready = on_readable}, .other = ends[1], .letter = letter};
}

static void close_watch(struct pipe_watch *pipe_watch)
{
    cr_assert(jgi_loop_watch(loop, &pipe_watch->watch, 0));
    (void)close(pipe_watch->watch.fd);
    (void)close(pipe_watch->other);
}

Test(loop_thread, tells_each_byte_that_can_be_read_and_the_end)
{
    static struct pipe_watch a;
    open_watch(&a, 'a');
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_watch(loop, &a.watch, JGI_READABLE));
    cr_assert_eq(write(a.other, "xy", 2), 2);
    await_letters(2); /* it is told again while something is left */
    cr_expect_eq(a.events, JGI_READABLE);
    (void)shutdown(a.other, SHUT_WR);
    await_letters(3);
    cr_expect_eq(a.events & JGI_READABLE, JGI_READABLE);
    close_watch(&a);
    jgi_loop_unlock(loop);
}

static void on_writable(struct jgi_loop *of, struct jgi_watch *watch, uint32_t events)
{
    struct pipe_watch *pipe_watch = JGI_OWNER(watch, struct pipe_watch, watch);
    pipe_watch->events = events;
    (void)jgi_loop_watch(of, watch, 0);
    note(pipe_watch->letter);
}

Test(loop_thread, tells_when_there_is_room_to_write)
{
    static struct pipe_watch full;
    struct lettered later = lettered('t');
    char block[4096] = {0};
    open_watch(&full, 'w');
    full.watch.on_ready = on_writable;
    while (write(full.watch.fd, block, sizeof block) > 0) {
    }
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_watch(loop, &full.watch, JGI_WRITABLE));
    cr_assert(jgi_loop_set_alarm(loop, &later.alarm, jgi_clock_ns() + 10000000));
    await_letters(1);
    cr_expect_str_eq(log_text, "t", "there was no room");
    while (read(full.other, block, sizeof block) > 0) {
    }
    await_letters(2);
    cr_expect_str_eq(log_text, "tw");
    cr_expect_eq(full.events, JGI_WRITABLE);
    close_watch(&full);
    jgi_loop_unlock(loop);
}

Test(loop_thread, what_is_not_watched_any_more_is_not_told)
{
    static struct pipe_watch a, b;
    open_watch(&a, 'a');
    open_watch(&b, 'b');
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_watch(loop, &a.watch, JGI_READABLE));
    cr_assert(jgi_loop_watch(loop, &b.watch, JGI_READABLE));
    cr_assert(jgi_loop_watch(loop, &a.watch, 0));
    cr_assert(jgi_loop_watch(loop, &a.watch, 0), "twice is as good");
    cr_assert_eq(write(a.other, "x", 1), 1);
    cr_assert_eq(write(b.other, "xx", 2), 2);
    await_letters(2);
    cr_expect_str_eq(log_text, "bb");
    cr_assert(jgi_loop_watch(loop, &a.watch, JGI_READABLE), "it can be watched again");
    await_letters(3);
    cr_expect_str_eq(log_text, "bba");
    close_watch(&a);
    close_watch(&b);
    jgi_loop_unlock(loop);
}

static struct pipe_watch first, second;

static void on_either(struct jgi_loop *of, struct jgi_watch *watch, uint32_t events)
{
    (void)watch;
    (void)events;
    (void)jgi_loop_watch(of, &first.watch, 0);
    (void)jgi_loop_watch(of, &second.watch, 0);
    note('e');
}

/* Both become readable while the loop's thread is busy, so that one round tells of both. */
static void on_start(struct jgi_loop *of, struct jgi_alarm *alarm)
{
    (void)alarm;
    (void)!write(first.other, "x", 1);
    (void)!write(second.other, "x", 1);
    (void)jgi_loop_watch(of, &first.watch, JGI_READABLE);
    (void)jgi_loop_watch(of, &second.watch, JGI_READABLE);
}

Test(loop_thread, one_event_may_take_back_another_of_its_round)
{
    struct jgi_alarm start = {.on_due = on_start};
    struct lettered later = lettered('t');
    open_watch(&first, '1');
    open_watch(&second, '2');
    first.watch.on_ready = second.watch.on_ready = on_either;
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_set_alarm(loop, &start, 0));
    await_letters(1);
    cr_assert(jgi_loop_set_alarm(loop, &later.alarm, jgi_clock_ns()));
    await_letters(2);
    cr_expect_str_eq(log_text, "et", "the second one was taken back");
    close_watch(&first);
    close_watch(&second);
    jgi_loop_unlock(loop);
}

static void note_end(struct jgi_loop *of, struct jgi_round *round)
{
    (void)of;
    (void)round;
    if (log_text[0] != '\0' && strchr(log_text, '1') == NULL) note('1');
}

static void note_second_end(struct jgi_loop *of, struct jgi_round *round)
{
    (void)of;
    (void)round;
    if (log_text[0] != '\0' && strchr(log_text, '2') == NULL) note('2');
}

static struct lettered due_at_once;

static void on_readable_set_alarm(struct jgi_loop *of, struct jgi_watch *watch, uint32_t events)
{
    on_readable(of, watch, events);
    (void)jgi_loop_set_alarm(of, &due_at_once.alarm, 0);
}

Test(loop_thread, a_round_ends_after_its_events_and_alarms)
{
    static struct pipe_watch a;
    struct jgi_round one = {.on_end = note_end}, two = {.on_end = note_second_end};
    open_watch(&a, 'e');
    a.watch.on_ready = on_readable_set_alarm;
    due_at_once = lettered('a');
    jgi_loop_lock(loop);
    jgi_loop_add_round(loop, &one);
    jgi_loop_add_round(loop, &two);
    cr_assert(jgi_loop_watch(loop, &a.watch, JGI_READABLE));
    cr_assert_eq(write(a.other, "x", 1), 1);
    await_letters(4);
    cr_expect_str_eq(log_text, "ea12");
    close_watch(&a);
    jgi_loop_unlock(loop);
    close_loop(); /* while the rounds are there */
}

static struct pipe_watch behind;

/* Takes so long that an alarm is due meanwhile, and something comes before that moment. */
static void on_readable_be_slow(struct jgi_loop *of, struct jgi_watch *watch, uint32_t events)
{
    uint64_t due_ns = jgi_clock_deadline(20);
    on_readable(of, watch, events);
    (void)jgi_loop_set_alarm(of, &due_at_once.alarm, due_ns);
    (void)!write(behind.other, "x", 1);
    while (jgi_clock_ns() <= due_ns)
        (void)sched_yield();
}

Test(loop_thread, an_alarm_comes_after_what_was_there_before_its_moment)
{
    static struct pipe_watch slow;
    open_watch(&slow, 's');
    open_watch(&behind, 'b');
    slow.watch.on_ready = on_readable_be_slow;
    due_at_once = lettered('a');
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_watch(loop, &slow.watch, JGI_READABLE));
    cr_assert(jgi_loop_watch(loop, &behind.watch, JGI_READABLE));
    cr_assert_eq(write(slow.other, "x", 1), 1);
    await_letters(3);
    cr_expect_str_eq(log_text, "sba");
    close_watch(&slow);
    close_watch(&behind);
    jgi_loop_unlock(loop);
}

static sigset_t mask_in_loop;

static void on_due_look_at_mask(struct jgi_loop *of, struct jgi_alarm *alarm)
{
    (void)of;
    (void)alarm;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask_in_loop);
    note('m');
}

Test(loop_thread, its_thread_has_every_signal_blocked_and_ours_none_more)
{
    struct jgi_alarm look = {.on_due = on_due_look_at_mask};
    sigset_t here;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &here);
    cr_expect_eq(sigismember(&here, SIGUSR1), 0);
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_set_alarm(loop, &look, 0));
    await_letters(1);
    for (int number = 1; number <= SIGRTMAX; number++)
        if (number != SIGKILL && number != SIGSTOP && (number < 32 || number >= SIGRTMIN))
            cr_expect_eq(sigismember(&mask_in_loop, number), 1, "signal %d", number);
    jgi_loop_unlock(loop);
}

enum { ADDERS = 4, ADDINGS = 2000 };
static unsigned shared;

static void *add_locked(void *argument)
{
    for (int i = 0; i < ADDINGS; i++) {
        jgi_loop_lock(loop);
        shared++;
        jgi_loop_unlock(loop);
    }
    return argument;
}

static void on_due_add(struct jgi_loop *of, struct jgi_alarm *alarm)
{
    if (++shared % 2 != 0 || strlen(log_text) < ADDERS) note('+');
    if (strlen(log_text) < 32) (void)jgi_loop_set_alarm(of, alarm, 0);
}

Test(loop_thread, its_lock_is_one_lock_for_threads_and_callbacks)
{
    pthread_t threads[ADDERS];
    struct jgi_alarm adding = {.on_due = on_due_add};
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_set_alarm(loop, &adding, 0));
    jgi_loop_unlock(loop);
    for (int i = 0; i < ADDERS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, add_locked, NULL), 0);
    for (int i = 0; i < ADDERS; i++)
        (void)pthread_join(threads[i], NULL);
    jgi_loop_lock(loop);
    await_letters(32);
    cr_expect_geq(shared, ADDERS * ADDINGS + 32, "no addition was lost");
    jgi_loop_unlock(loop);
}

Test(loop_thread, a_wait_ends_at_its_deadline)
{
    jgi_loop_lock(loop);
    cr_expect_not(jgi_loop_wait(loop, &news, 1), "that has passed long ago");
    jgi_loop_unlock(loop);
}

/* Takes no memory: in the child of a fork another thread may hold the allocator's lock. */
static int open_count(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0) count++;
    return count;
}

Test(loop_thread, leaves_no_descriptor)
{
    int before = open_count();
    struct jgi_loop *other = jgi_loop_new();
    cr_assert_not_null(other);
    cr_expect_gt(open_count(), before);
    cr_expect_null(jgi_loop_free(other));
    cr_expect_eq(open_count(), before);
    cr_expect_null(jgi_loop_free(NULL));
}

Test(loop_thread, a_forked_child_can_forget_it)
{
    struct lettered a = lettered('a');
    int before = open_count();
    struct jgi_loop *other = jgi_loop_new();
    cr_assert_not_null(other);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        jgi_loop_forget(other);
        _exit(open_count() == before ? 0 : 1);
    }
    int status = -1;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child has its descriptors");
    jgi_loop_lock(loop);
    cr_assert(jgi_loop_set_alarm(loop, &a.alarm, 0), "and the parent's loops work");
    await_letters(1);
    jgi_loop_unlock(loop);
    (void)jgi_loop_free(other);
}

enum { SLEEPING = 40 }; /* more than have a place of their own */

struct sleeping {
    pthread_t thread;
    struct jgi_sleeper *sleeper; /* locked */
    bool is_over, has_slept;     /* locked */
};

static void *sleep_until_over(void *argument)
{
    struct sleeping *sleeping = argument;
    uint64_t deadline_ns = jgi_clock_deadline(LONG_MS);
    bool is_in_time = true;
    jgi_loop_lock(loop);
    sleeping->sleeper = jgi_loop_lend_sleeper(loop);
    note('s');
    while (!sleeping->is_over && is_in_time)
        is_in_time = jgi_loop_sleep(loop, sleeping->sleeper, deadline_ns);
    sleeping->has_slept = is_in_time;
    jgi_loop_return_sleeper(loop, sleeping->sleeper);
    jgi_loop_unlock(loop);
    return NULL;
}

Test(loop_thread, rouses_each_of_many_threads)
{
    static struct sleeping all[SLEEPING];
    for (int i = 0; i < SLEEPING; i++)
        cr_assert_eq(pthread_create(&all[i].thread, NULL, sleep_until_over, &all[i]), 0);
    jgi_loop_lock(loop);
    await_letters(SLEEPING);
    for (int i = 1; i < SLEEPING; i++) {
        all[i].is_over = true;
        jgi_loop_rouse(loop, all[i].sleeper);
        jgi_loop_rouse(loop, all[i].sleeper); /* as once */
    }
    jgi_loop_unlock(loop);
    for (int i = 1; i < SLEEPING; i++) {
        (void)pthread_join(all[i].thread, NULL);
        cr_expect(all[i].has_slept, "thread %d was not roused", i);
    }
    jgi_loop_lock(loop);
    cr_expect_not(all[0].has_slept);
    all[0].is_over = true;
    jgi_loop_rouse(loop, all[0].sleeper);
    uint64_t soon_ns = jgi_clock_deadline(1);
    while (jgi_loop_wait(loop, &news, soon_ns)) {
    } /* gives up the lock by a wait, which rouses as well */
    jgi_loop_unlock(loop);
    (void)pthread_join(all[0].thread, NULL);
    cr_expect(all[0].has_slept);
}
