/* SPDX-License-Identifier: MIT */
/* Workers are known, helpers are spared, strays are killed, and at the end nobody is left. */
#include "base/clock.h"
#include "worker/brood.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start_child(void)
{
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid > 0) return pid;
    for (;;)
        (void)pause();
}

static bool is_alive(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

/* The signal by which it ends. */
static int end_of(pid_t pid)
{
    int status = 0;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static struct jgi_brood brood;

static void add(pid_t pid)
{
    cr_assert(jgi_brood_reserve(&brood));
    jgi_brood_add(&brood, pid);
}

static void fini(void)
{
    free(brood.workers);
    free(brood.helpers);
}

TestSuite(brood, .fini = fini, .timeout = 90);

Test(brood, finds_each_of_many_until_it_is_removed)
{
    jgi_brood_init(&brood);
    for (pid_t pid = 1000; pid < 1200; pid++)
        add(pid);
    for (pid_t pid = 1000; pid < 1200; pid += 3)
        jgi_brood_remove(&brood, jgi_brood_find(&brood, pid));
    for (pid_t pid = 1000; pid < 1200; pid++) {
        const struct jgi_brood_worker *worker = jgi_brood_find(&brood, pid);
        cr_assert_eq(worker != NULL, (pid - 1000) % 3 != 0, "%d", (int)pid);
        if (worker != NULL) cr_expect(worker->pid == pid && !worker->was_alive);
    }
    cr_expect_null(jgi_brood_find(&brood, 999));
}

Test(brood, looks_for_strays_only_after_a_worker_has_ended)
{
    jgi_brood_init(&brood);
    cr_expect_eq(brood.sweep_ns, JGI_NEVER);
    add(1000);
    cr_expect_eq(brood.sweep_ns, JGI_NEVER);
    jgi_brood_remove(&brood, jgi_brood_find(&brood, 1000));
    cr_expect_neq(brood.sweep_ns, JGI_NEVER);
    uint64_t first = brood.sweep_ns;
    add(1001);
    jgi_brood_remove(&brood, jgi_brood_find(&brood, 1001));
    cr_expect_eq(brood.sweep_ns, first, "more deaths do not put it off");
}

Test(brood, a_sweep_kills_strays_but_no_workers_and_no_helpers)
{
    pid_t helper = start_child();
    jgi_brood_init(&brood);
    pid_t worker = start_child(), stray = start_child();
    add(worker);
    jgi_brood_sweep(&brood);
    cr_expect(is_alive(stray), "it is not time");
    brood.sweep_ns = 0;
    jgi_brood_sweep(&brood);
    cr_expect_eq(end_of(stray), SIGKILL);
    cr_expect(is_alive(worker));
    cr_expect(is_alive(helper));
    cr_expect_neq(brood.sweep_ns, JGI_NEVER, "it had children, perhaps: once more");
    brood.sweep_ns = 0;
    jgi_brood_sweep(&brood);
    cr_expect_eq(brood.sweep_ns, JGI_NEVER, "there was nothing");
    jgi_brood_end(&brood);
}

Test(brood, orphans_below_it_become_strays)
{
    int ends[2];
    pid_t stray = 0;
    jgi_brood_init(&brood);
    cr_assert_eq(pipe(ends), 0);
    pid_t worker = fork();
    cr_assert_geq(worker, 0);
    if (worker == 0) { /* leaves a daemon behind */
        pid_t daemon = fork();
        if (daemon == 0) {
            (void)setsid();
            for (;;)
                (void)pause();
        }
        (void)!write(ends[1], &daemon, sizeof daemon);
        _exit(0);
    }
    cr_assert_eq(read(ends[0], &stray, sizeof stray), (ssize_t)sizeof stray);
    cr_expect_eq(end_of(worker), 0);
    brood.sweep_ns = 0;
    jgi_brood_sweep(&brood);
    cr_expect_eq(end_of(stray), SIGKILL, "it is our child now, so that we can wait for it");
}

Test(brood, signals_the_group_or_where_there_is_none_the_process)
{
    int ends[2];
    pid_t members[2];
    cr_assert_eq(pipe(ends), 0);
    jgi_brood_init(&brood);
    pid_t leader = fork();
    cr_assert_geq(leader, 0);
    if (leader == 0) {
        (void)setpgid(0, 0);
        members[0] = getpid();
        members[1] = fork();
        if (members[1] > 0) (void)!write(ends[1], members, sizeof members);
        for (;;)
            (void)pause();
    }
    cr_assert_eq(read(ends[0], members, sizeof members), (ssize_t)sizeof members);
    jgi_brood_signal(&(struct jgi_brood_worker){.pid = leader}, SIGTERM);
    cr_expect_eq(end_of(leader), SIGTERM);
    cr_expect_eq(end_of(members[1]), SIGTERM);
    pid_t plain = start_child();
    jgi_brood_signal(&(struct jgi_brood_worker){.pid = plain}, SIGTERM);
    cr_expect_eq(end_of(plain), SIGTERM);
}

Test(brood, at_its_end_nobody_is_left)
{
    pid_t helper = start_child();
    jgi_brood_init(&brood);
    for (int i = 0; i < 3; i++)
        add(start_child());
    (void)start_child(); /* a stray */
    jgi_brood_end(&brood);
    errno = 0;
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1);
    cr_expect_eq(errno, ECHILD);
    cr_expect_eq(kill(helper, 0), -1);
}
