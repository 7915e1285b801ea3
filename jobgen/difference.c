/* SPDX-License-Identifier: MIT */
/* diff(1) compares the file with what it finds on its standard input. */
#include "difference.h"

#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Memory to be read from the start; -1 with errno. */
static int memory_with(const char *text, size_t length)
{
    int fd = memfd_create("new", MFD_CLOEXEC);
    for (size_t done = 0; fd >= 0 && done < length;) {
        ssize_t count = write(fd, text + done, length - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            (void)close(fd);
            return -1;
        }
        done += (size_t)count;
    }
    if (fd >= 0) (void)lseek(fd, 0, SEEK_SET); /* memory can be sought */
    return fd;
}

/* The exit status; -1 with errno. */
static int run_diff(const char *path, int input)
{
    const char *old = access(path, F_OK) == 0 ? path : "/dev/null";
    const char *const args[] = {"diff", "-u", "--label", old, "--label",
                                path,   "--", old,       "-", NULL};
    posix_spawn_file_actions_t actions;
    errno = posix_spawn_file_actions_init(&actions);
    if (errno) return -1;
    errno = posix_spawn_file_actions_adddup2(&actions, input, 0);
    int status = errno ? -1 : command_run(args, &actions), failure = errno;
    (void)posix_spawn_file_actions_destroy(&actions);
    errno = failure;
    return status;
}

bool difference_show(const char *path, const char *text, size_t length)
{
    int input = memory_with(text, length);
    if (input < 0) return false;
    (void)fflush(stdout); /* what stands there comes first */
    int status = run_diff(path, input);
    int failure = status < 0 ? errno : EIO;
    (void)close(input);
    errno = failure;
    return status == 0 || status == 1;
}
