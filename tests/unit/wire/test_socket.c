/* SPDX-License-Identifier: MIT */
/* The socket under a stream of nng's is found among all that a process has. */
#include "wire/socket.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <nng/nng.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LONG_MS = 60 * 1000 };

/* A listener and an accept that is over: its stream, and the plain socket at the other end. */
struct pair {
    nng_stream_listener *listener;
    nng_aio *accept;
    nng_stream *stream;
    int peer;
};

static unsigned port_of(const nng_sockaddr *address)
{
    return ntohs(address->s_family == NNG_AF_INET ? address->s_in.sa_port : address->s_in6.sa_port);
}

static int dial(int family, unsigned port)
{
    struct sockaddr_in four = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6,
                               .sin6_port = htons((uint16_t)port),
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(family == AF_INET ? connect(fd, (struct sockaddr *)&four, sizeof four)
                                   : connect(fd, (struct sockaddr *)&six, sizeof six),
                 0);
    return fd;
}

static struct pair connected(int family)
{
    struct pair pair;
    nng_sockaddr bound;
    const char *url = family == AF_INET ? "tcp://127.0.0.1:0" : "tcp://[::1]:0";
    cr_assert_eq(nng_stream_listener_alloc(&pair.listener, url), 0);
    cr_assert_eq(nng_stream_listener_listen(pair.listener), 0);
    cr_assert_eq(nng_stream_listener_get_addr(pair.listener, NNG_OPT_LOCADDR, &bound), 0);
    cr_assert_eq(nng_aio_alloc(&pair.accept, NULL, NULL), 0);
    nng_aio_set_timeout(pair.accept, LONG_MS);
    nng_stream_listener_accept(pair.listener, pair.accept);
    pair.peer = dial(family, port_of(&bound));
    nng_aio_wait(pair.accept);
    cr_assert_eq(nng_aio_result(pair.accept), 0);
    pair.stream = nng_aio_get_output(pair.accept, 0);
    return pair;
}

static void close_pair(struct pair *pair)
{
    nng_stream_free(pair->stream);
    nng_aio_free(pair->accept);
    nng_stream_listener_free(pair->listener);
    if (pair->peer >= 0) (void)close(pair->peer);
}

TestSuite(socket, .timeout = 90);

/* What the peer sends can be read from what was found, and from no other one. */
static void expect_found(struct pair *pair)
{
    char byte = 0;
    int found = jgi_socket_of(pair->stream);
    cr_assert_geq(found, 0);
    cr_expect_neq(found, pair->peer, "the other end of it");
    cr_assert_eq(send(pair->peer, "x", 1, 0), 1);
    struct pollfd readable = {.fd = found, .events = POLLIN};
    cr_assert_eq(poll(&readable, 1, LONG_MS), 1);
    cr_expect_eq(recv(found, &byte, 1, 0), 1);
    cr_expect_eq(byte, 'x');
}

Test(socket, is_found_among_others_of_the_same_listener)
{
    struct pair one = connected(AF_INET), other = connected(AF_INET);
    expect_found(&one);
    expect_found(&other);
    cr_expect_neq(jgi_socket_of(one.stream), jgi_socket_of(other.stream));
    close_pair(&one);
    close_pair(&other);
}

Test(socket, is_found_by_its_ipv6_address)
{
    struct pair pair = connected(AF_INET6);
    expect_found(&pair);
    close_pair(&pair);
}

Test(socket, is_not_found_when_the_connection_was_reset)
{
    struct pair pair = connected(AF_INET);
    struct linger at_once = {.l_onoff = 1};
    struct pollfd reset = {.fd = jgi_socket_of(pair.stream)};
    cr_assert_eq(setsockopt(pair.peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    (void)close(pair.peer);
    pair.peer = -1;
    cr_assert_eq(poll(&reset, 1, LONG_MS), 1);
    cr_expect_eq(jgi_socket_of(pair.stream), -1);
    close_pair(&pair);
}

/* ---- in a process that has many ---- */

static int asked; /* descriptors for whom they are connected with */

int __real_getpeername(int fd, struct sockaddr *address, socklen_t *size);
int __wrap_getpeername(int fd, struct sockaddr *address, socklen_t *size);

int __wrap_getpeername(int fd, struct sockaddr *address, socklen_t *size)
{
    asked++;
    return __real_getpeername(fd, address, size);
}

enum { MANY = 3000, FEW = 100 };

/* Without one: it is among those that MANY leave free. */
static void open_many(int ret_fds[MANY])
{
    struct rlimit files;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
    if (files.rlim_max < MANY + FEW) cr_skip("too few files may be open here");
    files.rlim_cur = files.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
    for (int i = 0; i < MANY; i++)
        cr_assert_geq(ret_fds[i] = dup(STDIN_FILENO), 0);
}

Test(socket, is_found_at_once_in_a_process_that_has_many_descriptors)
{
    static int fds[MANY];
    open_many(fds);
    struct pair last = connected(AF_INET);
    asked = 0;
    expect_found(&last);
    cr_expect_lt(asked, FEW, "%d were asked", asked);
    (void)close(fds[MANY / 2]);
    (void)close(fds[MANY / 2 + 1]);
    (void)close(fds[MANY / 2 + 2]);
    struct pair between = connected(AF_INET);
    asked = 0;
    expect_found(&between);
    cr_expect_neq(jgi_socket_of(last.stream), jgi_socket_of(between.stream));
    (void)close(fds[0]);
    expect_found(&last); /* far from what is free now */
    expect_found(&between);
    close_pair(&last);
    close_pair(&between);
}

/* As without /proc: the descriptors cannot be listed. */
Test(socket, is_found_where_no_descriptor_is_left_to_list_them)
{
    struct pair pair = connected(AF_INET);
    int next = dup(STDIN_FILENO);
    cr_assert_geq(next, 0);
    (void)close(next);
    struct rlimit files;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
    cr_assert_eq(open("/proc/self/fd", O_RDONLY), -1, "one is left");
    expect_found(&pair);
    close_pair(&pair);
}
