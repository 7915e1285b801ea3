/* SPDX-License-Identifier: MIT */
/* Other programs that jobgen runs. */
#ifndef JOBGEN_COMMAND_H
#define JOBGEN_COMMAND_H

#include <spawn.h>

/* Runs the program args[0], found by PATH, and waits for its end. Its exit status, or 128 and the
 * signal that ended it; -1 with errno if it could not be run. */
int command_run(const char *const *args, const posix_spawn_file_actions_t *actions);

#endif
