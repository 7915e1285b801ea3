/* SPDX-License-Identifier: MIT */
/* The socket under a stream of nng's, which tells its two addresses but not its descriptor. No two
   sockets of a process are connected between the same two addresses.

   It is new, and the system gives the lowest descriptor that is free, so it mostly stands close to
   the one that is the lowest now. To list and ask all takes a millisecond for each thousand. */
#include "socket.h"

#include <dirent.h>
#include <netinet/in.h>
#include <nng/nng.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SEARCHED_MAX = 65536, NEAR_MAX = 256 };

static bool is_same(const struct sockaddr_storage *found, const nng_sockaddr *wanted)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    switch (wanted->s_family) {
    case NNG_AF_INET:
        memcpy(&four, found, sizeof four);
        return found->ss_family == AF_INET && four.sin_port == wanted->s_in.sa_port &&
               four.sin_addr.s_addr == wanted->s_in.sa_addr;
    case NNG_AF_INET6:
        memcpy(&six, found, sizeof six);
        return found->ss_family == AF_INET6 && six.sin6_port == wanted->s_in6.sa_port &&
               memcmp(&six.sin6_addr, wanted->s_in6.sa_addr, sizeof six.sin6_addr) == 0;
    default:
        return false;
    }
}

static bool is_between(int fd, const nng_sockaddr *local, const nng_sockaddr *remote)
{
    struct sockaddr_storage own = {0}, other = {0};
    socklen_t own_size = sizeof own, other_size = sizeof other;
    return getpeername(fd, (struct sockaddr *)&other, &other_size) == 0 &&
           is_same(&other, remote) && getsockname(fd, (struct sockaddr *)&own, &own_size) == 0 &&
           is_same(&own, local);
}

static int search_near(const nng_sockaddr *local, const nng_sockaddr *remote)
{
    int lowest = eventfd(0, EFD_CLOEXEC);
    if (lowest < 0) return -1;
    (void)close(lowest);
    for (int distance = 1; distance <= NEAR_MAX; distance++) {
        if (is_between(lowest - distance, local, remote)) return lowest - distance;
        if (is_between(lowest + distance, local, remote)) return lowest + distance;
    }
    return -1;
}

/* Without /proc: one after the other, as far as a process usually has any. */
static int search_all(const nng_sockaddr *local, const nng_sockaddr *remote)
{
    long limit = sysconf(_SC_OPEN_MAX);
    int end = limit < 0 || limit > SEARCHED_MAX ? SEARCHED_MAX : (int)limit, fd = 0;
    while (fd < end && !is_between(fd, local, remote))
        fd++;
    return fd < end ? fd : -1;
}

int jgi_socket_of(nng_stream *stream)
{
    nng_sockaddr local, remote;
    int found = -1;
    if (nng_stream_get_addr(stream, NNG_OPT_LOCADDR, &local) != 0 ||
        nng_stream_get_addr(stream, NNG_OPT_REMADDR, &remote) != 0)
        return -1;
    found = search_near(&local, &remote);
    if (found >= 0) return found;
    DIR *listing = opendir("/proc/self/fd");
    if (listing == NULL) return search_all(&local, &remote);
    const struct dirent *entry;
    while (found < 0 && (entry = readdir(listing)) != NULL) {
        int fd = atoi(entry->d_name); /* "." and "..": 0, which is asked twice more */
        if (is_between(fd, &local, &remote)) found = fd;
    }
    (void)closedir(listing);
    return found;
}
