/* SPDX-License-Identifier: MIT */
/* Where streams are accepted. Errors of accepting, such as too many open files, are waited out. */
#include "listener.h"

#include "../base/clock.h"
#include "stream_nng.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCEPT_AGAIN_MS = 10 };

struct jgi_listener {
    struct jgi_loop *loop;
    nng_stream_listener *nng;
    nng_aio *accept;
    void (*on_accept)(struct jgi_stream *stream, void *user);
    void *user;
    struct jgi_alarm again;
    bool is_closing;
    unsigned port;
    char address[JGI_URL_SIZE];
};

static void accept_next(struct jgi_listener *listener)
{
    if (!listener->is_closing) nng_stream_listener_accept(listener->nng, listener->accept);
}

static void on_again(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    (void)loop;
    accept_next(JGI_OWNER(alarm, struct jgi_listener, again));
}

static void on_accepted(void *user)
{
    struct jgi_listener *listener = user;
    struct jgi_loop *loop = listener->loop;
    jgi_loop_lock(loop);
    int error = nng_aio_result(listener->accept);
    if (error == 0)
        jgi_stream_accepted(loop, nng_aio_get_output(listener->accept, 0), listener->on_accept,
                            listener->user);
    if (!listener->is_closing &&
        (error == 0 ||
         !jgi_loop_set_alarm(loop, &listener->again, jgi_clock_deadline(ACCEPT_AGAIN_MS))))
        accept_next(listener);
    jgi_loop_flush(loop);
    jgi_loop_unlock(loop);
}

static void name_listener(struct jgi_listener *listener, const char *address)
{
    nng_sockaddr bound;
    const char *port = strrchr(address, ':');
    if (nng_stream_listener_get_addr(listener->nng, NNG_OPT_LOCADDR, &bound) == 0)
        listener->port =
            ntohs(bound.s_family == NNG_AF_INET ? bound.s_in.sa_port : bound.s_in6.sa_port);
    (void)snprintf(listener->address, sizeof listener->address, "%.*s:%u", (int)(port - address),
                   address, listener->port);
}

static const char *why_not_listening(int nng_error)
{
    switch (nng_error) {
    case NNG_EADDRINUSE:
        return "another program listens there: end it, or choose another port";
    case NNG_EADDRINVAL:
        return "this machine has no such address: write one of its own in numbers, or [::] for all";
    default:
        return (nng_error & NNG_ESYSERR) != 0 ? "this machine has no such address"
                                              : nng_strerror(nng_error);
    }
}

static int errno_of(int nng_error)
{
    switch (nng_error) {
    case NNG_EADDRINUSE:
        return EADDRINUSE;
    case NNG_ENOMEM:
        return ENOMEM;
    case NNG_ENOFILES:
        return EMFILE;
    default:
        return EADDRNOTAVAIL;
    }
}

struct jgi_listener *jgi_listener_new(struct jgi_loop *loop, const char *address,
                                      void (*on_accept)(struct jgi_stream *stream, void *user),
                                      void *user, char *ret_text, size_t text_size)
{
    char url[JGI_URL_SIZE], four[JGI_URL_SIZE];
    jgi_nng_begin();
    struct jgi_listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL || !jgi_nng_url(address, url, sizeof url)) {
        (void)snprintf(ret_text, text_size,
                       listener == NULL ? "no memory"
                                        : "'%s' is no address: write HOST:PORT, [::]:3030",
                       address);
        errno = listener == NULL ? ENOMEM : EINVAL;
        free(listener);
        return NULL;
    }
    listener->loop = loop;
    listener->on_accept = on_accept;
    listener->user = user;
    listener->again.on_due = on_again;
    int error = nng_aio_alloc(&listener->accept, on_accepted, listener);
    if (error == 0) error = nng_stream_listener_alloc(&listener->nng, url);
    if (error != 0 && strncmp(address, "[::]:", 5) == 0) {
        /* nng takes no IPv6 address on a machine that has none but ::1. */
        (void)snprintf(four, sizeof four, "0.0.0.0%s", address + 4);
        (void)snprintf(url, sizeof url, "tcp://0.0.0.0%s", address + 4);
        if (nng_stream_listener_alloc(&listener->nng, url) == 0) {
            address = four;
            error = 0;
        }
    }
    if (error == 0) error = nng_stream_listener_listen(listener->nng);
    if (error != 0) {
        (void)snprintf(ret_text, text_size, "%s cannot be listened on: %s", address,
                       why_not_listening(error));
        nng_stream_listener_free(listener->nng);
        nng_aio_free(listener->accept);
        free(listener);
        errno = errno_of(error);
        return NULL;
    }
    name_listener(listener, address);
    jgi_loop_lock(loop);
    accept_next(listener);
    jgi_loop_unlock(loop);
    return listener;
}

const char *jgi_listener_address(const struct jgi_listener *listener)
{
    return listener->address;
}

unsigned jgi_listener_port(const struct jgi_listener *listener)
{
    return listener->port;
}

struct jgi_listener *jgi_listener_free(struct jgi_listener *listener)
{
    if (listener == NULL) return NULL;
    jgi_loop_lock(listener->loop);
    listener->is_closing = true;
    jgi_loop_clear_alarm(listener->loop, &listener->again);
    jgi_loop_unlock(listener->loop);
    nng_stream_listener_close(listener->nng);
    nng_aio_stop(listener->accept);
    nng_aio_free(listener->accept);
    nng_stream_listener_free(listener->nng);
    free(listener);
    return NULL;
}
