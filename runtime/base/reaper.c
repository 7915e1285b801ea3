/* SPDX-License-Identifier: MIT */
#include "reaper.h"

#include "thread.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

static struct {
    pthread_mutex_t lock;
    pthread_cond_t has_come;
    bool has_thread;
    struct jgi_burial *first;
} graveyard = {.lock = PTHREAD_MUTEX_INITIALIZER, .has_come = PTHREAD_COND_INITIALIZER};

static void *run(void *unused)
{
    (void)pthread_mutex_lock(&graveyard.lock); /* cannot fail for a plain mutex */
    for (;;) {
        struct jgi_burial *burial = graveyard.first;
        if (burial == NULL) {
            (void)pthread_cond_wait(&graveyard.has_come, &graveyard.lock);
            continue;
        }
        graveyard.first = burial->next;
        (void)pthread_mutex_unlock(&graveyard.lock);
        burial->end(burial->what);
        free(burial);
        (void)pthread_mutex_lock(&graveyard.lock);
    }
    return unused;
}

void jgi_bury(struct jgi_burial *burial)
{
    (void)pthread_mutex_lock(&graveyard.lock);
    burial->next = graveyard.first;
    graveyard.first = burial;
    if (!graveyard.has_thread) /* without one now, the next burial tries again */
        graveyard.has_thread = jgi_thread_start(NULL, run, NULL) == 0;
    (void)pthread_cond_signal(&graveyard.has_come);
    (void)pthread_mutex_unlock(&graveyard.lock);
}
