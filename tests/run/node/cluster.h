/* SPDX-License-Identifier: MIT */
/* Daemons for tests: real processes of jobd, with directories of their own. */
#ifndef JOBGEN_TESTS_NODE_CLUSTER_H
#define JOBGEN_TESTS_NODE_CLUSTER_H

#include <stdbool.h>
#include <sys/types.h>

struct t_daemon {
    pid_t pid;
    int err_fd;       /* its stderr */
    char address[80]; /* where it listens */
    char said[8192];  /* on stderr, as far as it was read */
};

/* Makes the directories, and tells them to this process and all it starts. */
void t_cluster_open(void);
/* Removes them. */
void t_cluster_close(void);
/* Where programs are kept. */
const char *t_cluster_store(void);
/* The daemons started from now on have a disk of this size for programs, "2m"; only as root. NULL:
   the machine's. */
void t_cluster_disk(const char *size);

/* Starts `jobd` with these words, NULL at the end; waits until it is ready, or has ended. */
void t_daemon_start(struct t_daemon *daemon, const char *const *words);
/* A node that knows no control but this address, with these further words (NULL: none). */
void t_node_start(struct t_daemon *daemon, const char *control, const char *const *words);
/* Sends the signal, waits for the end, reads what it said; gives the wait status. */
int t_daemon_end(struct t_daemon *daemon, int signal_number);

/* The process has ended, within the time in which nothing may be left. */
bool t_is_gone(pid_t pid);

#endif
