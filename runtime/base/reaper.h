/* SPDX-License-Identifier: MIT */
/* The end of things whose end waits for other threads: by a thread that holds no lock, so that
   those threads may wait for one meanwhile. */
#ifndef JOBGEN_BASE_REAPER_H
#define JOBGEN_BASE_REAPER_H

struct jgi_burial {
    struct jgi_burial *next;
    void (*end)(void *what);
    void *what;
};

/* Has `end` called soon, and frees the burial, which came from malloc. Threads: any, with any lock.
 */
void jgi_bury(struct jgi_burial *burial);

#endif
