/* SPDX-License-Identifier: MIT */
/* The worker's loop: takes executions from its socket, runs them, answers. */
#ifndef JOBGEN_WORKER_SERVE_H
#define JOBGEN_WORKER_SERVE_H

/* `socket_fd`: stream socket to the pool. `claims_fd`: memfd of one page shared with the pool
   (reuse), -1 for fresh: then it ends after one execution. Descriptors 1 and 2 are this worker's
   pipes already, 0 is /dev/null. Called in the forked process with everything else of the zygote's
   closed. Never returns. */
_Noreturn void jgi_worker_serve(int socket_fd, int claims_fd);

#endif
