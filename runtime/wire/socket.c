/* SPDX-License-Identifier: MIT */
/* The socket under a stream of nng's, which tells its two addresses but not its descriptor. No two
   sockets of a process are connected between the same two addresses. */
#include "socket.h"

#include <dirent.h>
#include <netinet/in.h>
#include <nng/nng.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

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

int jgi_socket_of(nng_stream *stream)
{
    nng_sockaddr local, remote;
    int found = -1;
    if (nng_stream_get_addr(stream, NNG_OPT_LOCADDR, &local) != 0 ||
        nng_stream_get_addr(stream, NNG_OPT_REMADDR, &remote) != 0)
        return -1;
    DIR *listing = opendir("/proc/self/fd");
    if (listing == NULL) return -1;
    const struct dirent *entry;
    while (found < 0 && (entry = readdir(listing)) != NULL) {
        int fd = atoi(entry->d_name); /* "." and "..": 0, which is asked twice more */
        if (is_between(fd, &local, &remote)) found = fd;
    }
    (void)closedir(listing);
    return found;
}
