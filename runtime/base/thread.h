/* SPDX-License-Identifier: MIT */
/* Threads that the library makes: the program's signals are not theirs. */
#ifndef JOBGEN_BASE_THREAD_H
#define JOBGEN_BASE_THREAD_H

#include <pthread.h>
#include <signal.h>

/* Blocks every signal for the calling thread, and for the threads that it makes meanwhile. */
void jgi_signals_block(sigset_t *ret_before);
void jgi_signals_restore(const sigset_t *before);

/* Starts a thread with every signal blocked, to be joined; with `ret_thread` NULL a detached one.
   0, or the errno. */
int jgi_thread_start(pthread_t *ret_thread, void *(*run)(void *argument), void *argument);

#endif
