/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int command_run(const char *const *args, const posix_spawn_file_actions_t *actions)
{
    pid_t pid;
    int status;
    errno = posix_spawnp(&pid, args[0], actions, NULL, (char *const *)args, environ);
    if (errno) return -1;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
