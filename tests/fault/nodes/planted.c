/* SPDX-License-Identifier: MIT */
/* What jobd and the caller are linked with in some runs: between the tables and whoever uses them,
 * by the linker's --wrap. By the environment:
 *
 *     FAULT_REFUSED  this node refuses so many of a hundred STARTs, as one without memory does
 *     FAULT_FORGETS  callers do not stop a call, but forget it: RELEASE instead of CANCEL
 *     FAULT_BUG      a bug of tests/model/bugs.c, by its name, is planted into the tables */
#define _GNU_SOURCE
#include "../../model/bugs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rules rules = {.name = NULL};
static uint32_t refused, dice = 1;
static const struct jgi_ledger_hooks *ledger_hooks;
static struct jgi_ledger_hooks own_hooks;

/* Once, before anything else runs. */
__attribute__((constructor)) static void plant(void)
{
    const char *wanted = getenv("FAULT_BUG"), *percent = getenv("FAULT_REFUSED");
    rules = (struct rules){.caller = jgi_caller_rules, .ledger = jgi_ledger_rules};
    if (percent != NULL) refused = (uint32_t)strtoul(percent, NULL, 10);
    if (wanted == NULL) return;
    for (size_t i = 0; i < bug_count; i++)
        if (strcmp(bugs[i].name, wanted) == 0) {
            bugs[i].plant(&rules);
            return;
        }
    (void)fprintf(stderr, "there is no bug '%s'\n", wanted);
    exit(2);
}

static enum jgi_ledger_answer start(void *user, struct jgi_ledger_row *row,
                                    const struct jgi_message *message)
{
    dice = dice * 1664525u + 1013904223u;
    if ((dice >> 16) % 100 < refused) return JGI_LEDGER_REFUSE;
    return ledger_hooks->start(user, row, message);
}

void __real_jgi_ledger_init(struct jgi_ledger *ledger, uint64_t incarnation,
                            const struct jgi_ledger_hooks *hooks, void *user);
void __wrap_jgi_ledger_init(struct jgi_ledger *ledger, uint64_t incarnation,
                            const struct jgi_ledger_hooks *hooks, void *user);
void __wrap_jgi_ledger_init(struct jgi_ledger *ledger, uint64_t incarnation,
                            const struct jgi_ledger_hooks *hooks, void *user)
{
    ledger_hooks = hooks;
    own_hooks = *hooks;
    own_hooks.start = start;
    __real_jgi_ledger_init(ledger, incarnation, &own_hooks, user);
    ledger->rules = &rules.ledger;
}

void __real_jgi_caller_init(struct jgi_caller *caller, uint64_t incarnation,
                            const struct jgi_caller_hooks *hooks, void *user);
void __wrap_jgi_caller_init(struct jgi_caller *caller, uint64_t incarnation,
                            const struct jgi_caller_hooks *hooks, void *user);
void __wrap_jgi_caller_init(struct jgi_caller *caller, uint64_t incarnation,
                            const struct jgi_caller_hooks *hooks, void *user)
{
    __real_jgi_caller_init(caller, incarnation, hooks, user);
    caller->rules = &rules.caller;
}

void __real_jgi_caller_stop(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                            uint64_t now_ns);
void __wrap_jgi_caller_stop(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                            uint64_t now_ns);
void __wrap_jgi_caller_stop(struct jgi_caller *caller, struct jgi_caller_row *row, jg_status status,
                            uint64_t now_ns)
{
    void *user = row->user;
    if (getenv("FAULT_FORGETS") == NULL) {
        __real_jgi_caller_stop(caller, row, status, now_ns);
        return;
    }
    jgi_caller_forget(caller, row, now_ns);
    caller->hooks->ended(caller->user, user, status, NULL);
}

uint64_t __real_jgi_caller_floor(const struct jgi_caller *caller);
uint64_t __wrap_jgi_caller_floor(const struct jgi_caller *caller);
uint64_t __wrap_jgi_caller_floor(const struct jgi_caller *caller)
{
    return rules.floor == NULL ? __real_jgi_caller_floor(caller) : rules.floor(caller);
}
