/* SPDX-License-Identifier: MIT */
/* The program that is shipped is the one that runs, also when its file was replaced: it is read
   through /proc/self/exe, and the descriptor is kept. */
#define _GNU_SOURCE
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../wire/digest.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct jgi_image own = {.fd = -1};
static bool is_read;
static char own_name[256];

/* 0, or the errno. */
static int read_own(void)
{
    struct stat about;
    char path[4096];
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    if (fstat(fd, &about) != 0 || !jgi_digest_file(fd, own.digest)) {
        int error = errno;
        (void)close(fd);
        return error;
    }
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length < 0 ? 0 : length] = '\0';
    const char *slash = strrchr(path, '/');
    (void)snprintf(own_name, sizeof own_name, "%.255s", slash == NULL ? "program" : slash + 1);
    own.size = (uint64_t)about.st_size;
    own.fd = fd;
    own.name = own_name;
    return 0;
}

const struct jgi_image *jgi_image_own(char *ret_text, size_t text_size)
{
    (void)pthread_mutex_lock(&lock);
    int error = is_read ? 0 : read_own();
    is_read = error == 0;
    (void)pthread_mutex_unlock(&lock);
    if (error == 0) return &own;
    (void)snprintf(ret_text, text_size, "the program's own file cannot be read to be shipped: %s",
                   strerror(error));
    return NULL;
}
