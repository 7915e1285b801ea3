/* SPDX-License-Identifier: MIT */
/* What /proc tells about processes. */
#define _GNU_SOURCE
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIELD_FLAGS = 9, FIELD_THREADS = 20, EXITING = 4 /* PF_EXITING */ };

/* Reads all that fits, as text; false: not there. */
static bool read_text(const char *path, char *room, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t got = read(fd, room, size - 1);
    (void)close(fd);
    if (got <= 0) return false;
    room[got] = '\0';
    return true;
}

/* Field `number` of /proc/PID/stat, counted from 1 as proc(5) does; 0 if it cannot be read. */
static unsigned long stat_field(pid_t pid, int number)
{
    char path[40], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (!read_text(path, text, sizeof text)) return 0;
    const char *at = strrchr(text, ')'); /* the name, field 2, may hold anything */
    for (int field = 2; at != NULL && field < number; field++)
        at = strchr(at + 1, ' ');
    return at == NULL ? 0 : strtoul(at + 1, NULL, 10);
}

bool jgi_process_is_exiting(pid_t pid)
{
    return (stat_field(pid, FIELD_FLAGS) & EXITING) != 0;
}

unsigned jgi_process_thread_count(void)
{
    unsigned long count = stat_field(getpid(), FIELD_THREADS);
    return count == 0 ? 1 : (unsigned)count;
}

/* The children that one thread has. Digits may be cut at the end of a read. */
static int each_of_thread(const char *thread, void (*each)(pid_t child, void *user), void *user)
{
    char path[64], room[4096];
    int count = 0;
    pid_t pid = 0;
    (void)snprintf(path, sizeof path, "/proc/self/task/%.20s/children", thread);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    for (ssize_t got; (got = read(fd, room, sizeof room)) > 0;) {
        for (ssize_t i = 0; i < got; i++) {
            if (room[i] >= '0' && room[i] <= '9') {
                pid = pid * 10 + (room[i] - '0');
                continue;
            }
            if (pid == 0) continue;
            each(pid, user);
            pid = 0;
            count++;
        }
    }
    (void)close(fd);
    return count;
}

int jgi_process_children(void (*each)(pid_t child, void *user), void *user)
{
    char own[24];
    int count = 0;
    bool is_told = false;
    (void)snprintf(own, sizeof own, "%d", (int)getpid());
    if (jgi_process_thread_count() == 1) return each_of_thread(own, each, user);
    DIR *threads = opendir("/proc/self/task");
    if (threads == NULL) return -1;
    for (const struct dirent *thread; (thread = readdir(threads)) != NULL;) {
        int more = thread->d_name[0] == '.' ? -1 : each_of_thread(thread->d_name, each, user);
        if (more < 0) continue;
        is_told = true;
        count += more;
    }
    (void)closedir(threads);
    return is_told ? count : -1;
}
