/* SPDX-License-Identifier: MIT */
/* Threads that the library makes. */
#define _GNU_SOURCE
#include "thread.h"

#include <stddef.h>

void jgi_signals_block(sigset_t *ret_before)
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, ret_before);
}

void jgi_signals_restore(const sigset_t *before)
{
    (void)pthread_sigmask(SIG_SETMASK, before, NULL);
}

int jgi_thread_start(pthread_t *ret_thread, void *(*run)(void *argument), void *argument)
{
    pthread_t thread;
    sigset_t before;
    jgi_signals_block(&before);
    int error = pthread_create(&thread, NULL, run, argument);
    jgi_signals_restore(&before);
    if (error == 0 && ret_thread == NULL) (void)pthread_detach(thread);
    if (error == 0 && ret_thread != NULL) *ret_thread = thread;
    return error;
}
