/* SPDX-License-Identifier: MIT */
/* A directory that lives as long as a zygote: its jobs write there, and nothing of it is left. */
#ifndef JOBGEN_WORKER_SCRATCH_H
#define JOBGEN_WORKER_SCRATCH_H

struct jgi_scratch {
    char *path;  /* owned; NULL: none */
    int lock_fd; /* of the directory; its flock says that somebody needs it */
};

#define JGI_SCRATCH_NONE ((struct jgi_scratch){.lock_fd = -1})

/* Makes ROOT (0700) if it is not there, and in it a directory (0700) of its own. 0, or the errno.
 */
int jgi_scratch_open(const char *root, struct jgi_scratch *ret_scratch);

/* Removes it with all that is in it, and makes it none. Takes as long as there are files; only when
   nobody writes there any more. */
void jgi_scratch_close(struct jgi_scratch *scratch);

/* Removes those under ROOT that nobody holds: what a process left that was killed. */
void jgi_scratch_sweep(const char *root);

#endif
