/* SPDX-License-Identifier: MIT */
/* The zygote's children: its workers, and what workers leave behind.

   The zygote is a subreaper: whoever loses its parent below it becomes its child, daemons included,
   since they cannot leave that line. Looking for such strays takes as long as a tenth of a fork, so
   it is done at most every SWEEP_MS, and only after a worker has ended. */
#define _GNU_SOURCE
#include "brood.h"

#include "../base/clock.h"
#include "process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { SWEEP_MS = 50, END_MS = 2000, END_STEP_MS = 2 };

static void note_helper(pid_t child, void *user)
{
    struct jgi_brood *brood = user;
    pid_t *more = reallocarray(brood->helpers, brood->helper_count + 1, sizeof *more);
    if (more == NULL) {
        brood->has_lost_helpers = true;
        return;
    }
    brood->helpers = more;
    brood->helpers[brood->helper_count++] = child;
}

void jgi_brood_init(struct jgi_brood *brood)
{
    *brood = (struct jgi_brood){.sweep_ns = JGI_NEVER};
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    (void)jgi_process_children(note_helper, brood);
}

bool jgi_brood_reserve(struct jgi_brood *brood)
{
    if (brood->count < brood->room) return true;
    size_t room = brood->room == 0 ? 64 : brood->room * 2;
    struct jgi_brood_worker *more = reallocarray(brood->workers, room, sizeof *more);
    if (more == NULL) return false;
    brood->workers = more;
    brood->room = room;
    return true;
}

void jgi_brood_add(struct jgi_brood *brood, pid_t pid)
{
    brood->workers[brood->count++] = (struct jgi_brood_worker){.pid = pid};
}

struct jgi_brood_worker *jgi_brood_find(struct jgi_brood *brood, pid_t pid)
{
    for (size_t i = 0; i < brood->count; i++)
        if (brood->workers[i].pid == pid) return &brood->workers[i];
    return NULL;
}

void jgi_brood_remove(struct jgi_brood *brood, struct jgi_brood_worker *worker)
{
    *worker = brood->workers[--brood->count];
    if (brood->sweep_ns == JGI_NEVER && !brood->has_lost_helpers)
        brood->sweep_ns = jgi_clock_deadline(SWEEP_MS);
}

void jgi_brood_signal(const struct jgi_brood_worker *worker, int signal_number)
{
    if (kill(-worker->pid, signal_number) != 0) /* it has not made its group yet, or left it */
        (void)kill(worker->pid, signal_number);
}

static bool is_helper(const struct jgi_brood *brood, pid_t pid)
{
    for (size_t i = 0; i < brood->helper_count; i++)
        if (brood->helpers[i] == pid) return true;
    return false;
}

struct sweep {
    struct jgi_brood *brood;
    unsigned killed;
};

static void kill_stray(pid_t child, void *user)
{
    struct sweep *sweep = user;
    if (jgi_brood_find(sweep->brood, child) != NULL || is_helper(sweep->brood, child)) return;
    (void)kill(child, SIGKILL);
    sweep->killed++;
}

void jgi_brood_sweep(struct jgi_brood *brood)
{
    struct sweep sweep = {.brood = brood};
    if (brood->sweep_ns == JGI_NEVER || jgi_clock_ns() < brood->sweep_ns) return;
    (void)jgi_process_children(kill_stray, &sweep);
    brood->sweep_ns = sweep.killed > 0 ? jgi_clock_deadline(SWEEP_MS) : JGI_NEVER;
}

static void kill_child(pid_t child, void *user)
{
    (void)user;
    (void)kill(child, SIGKILL);
}

void jgi_brood_end(struct jgi_brood *brood)
{
    uint64_t deadline_ns = jgi_clock_deadline(END_MS);
    for (size_t i = 0; i < brood->count; i++)
        jgi_brood_signal(&brood->workers[i], SIGKILL);
    for (;;) {
        pid_t reaped;
        while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0) {
        }
        if (reaped < 0 && errno == ECHILD) return;
        if (jgi_clock_ns() >= deadline_ns) return;
        (void)jgi_process_children(kill_child, NULL);
        (void)poll(NULL, 0, END_STEP_MS);
    }
}
