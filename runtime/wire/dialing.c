/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "dialing.h"

#include "address.h"

#include <stdlib.h>

enum { DIAL_MS = 3000, DIAL_ONE_MS = 1000 /* where there are other addresses to try */ };

static void end_dialer(void *dialer)
{
    nng_stream_dialer_free(dialer);
}

/* Freeing a dialer waits for what nng's few threads have yet to do for it, and they may all be
   waiting for the loop's lock. */
static void bury_dialer(struct jgi_dialing *dialing)
{
    if (dialing->dialer != NULL) {
        *dialing->burial = (struct jgi_burial){.end = end_dialer, .what = dialing->dialer};
        jgi_bury(dialing->burial);
    } else {
        free(dialing->burial);
    }
    dialing->dialer = NULL;
    dialing->burial = NULL;
}

/* To an address in numbers. False: no memory, or not an address. */
static bool dial_one(struct jgi_dialing *dialing, const char *address, int timeout_ms)
{
    char url[JGI_URL_SIZE];
    bury_dialer(dialing);
    dialing->burial = malloc(sizeof *dialing->burial);
    if (dialing->burial == NULL) return false;
    if (!jgi_nng_url(address, url, sizeof url) ||
        nng_stream_dialer_alloc(&dialing->dialer, url) != 0)
        return false;
    dialing->is_dialing = true;
    nng_aio_set_timeout(dialing->aio, timeout_ms);
    nng_stream_dialer_dial(dialing->dialer, dialing->aio);
    return true;
}

/* The next address of the name. False: there is none. */
static bool dial_next(struct jgi_dialing *dialing)
{
    const struct jgi_resolved *to_try = dialing->to_try;
    if (to_try == NULL || dialing->tried == to_try->count) return false;
    bool is_last = dialing->tried + 1 == to_try->count;
    const char *address = to_try->addresses[dialing->tried++];
    return dial_one(dialing, address, is_last ? DIAL_MS : DIAL_ONE_MS) || dial_next(dialing);
}

/* Only where all of its addresses refuse nobody listens there. */
static void on_not_dialed(struct jgi_dialing *dialing, int error)
{
    const char *why = error == NNG_ECONNREFUSED ? jgi_stream_refused : nng_strerror(error);
    if (dialing->failure == NULL || dialing->failure == jgi_stream_refused) dialing->failure = why;
    if (dialing->is_closed || !dial_next(dialing))
        dialing->on_done(dialing, NULL, dialing->failure);
}

static void on_dialed(void *user)
{
    struct jgi_dialing *dialing = user;
    struct jgi_loop *loop = dialing->loop;
    jgi_loop_lock(loop);
    int error = nng_aio_result(dialing->aio);
    dialing->is_dialing = false;
    if (error != 0)
        on_not_dialed(dialing, error);
    else
        dialing->on_done(dialing, nng_aio_get_output(dialing->aio, 0), NULL);
    jgi_loop_flush(loop);
    jgi_loop_unlock(loop);
}

static void on_resolved(void *user, const struct jgi_resolved *resolved)
{
    struct jgi_dialing *dialing = user;
    dialing->is_resolving = false;
    dialing->to_try = malloc(sizeof *dialing->to_try);
    if (dialing->to_try != NULL) *dialing->to_try = *resolved;
    if (dialing->is_closed || !dial_next(dialing))
        dialing->on_done(dialing, NULL,
                         resolved->count == 0 ? resolved->why : "no memory to dial it");
}

bool jgi_dialing_begin(struct jgi_dialing *dialing, struct jgi_loop *loop, const char *address,
                       void (*on_done)(struct jgi_dialing *dialing, nng_stream *nng,
                                       const char *why))
{
    char url[JGI_URL_SIZE], host[JGI_HOST_MAX + 1];
    unsigned port;
    *dialing = (struct jgi_dialing){.loop = loop, .on_done = on_done};
    if (!jgi_nng_url(address, url, sizeof url) || !jgi_address_split(address, host, &port) ||
        nng_aio_alloc(&dialing->aio, on_dialed, dialing) != 0)
        return false;
    if (jgi_host_is_ipv4(host) || jgi_host_is_ipv6(host))
        return dial_one(dialing, address, DIAL_MS);
    dialing->is_resolving = jgi_resolve(loop, address, on_resolved, dialing);
    return dialing->is_resolving;
}

bool jgi_dialing_is_busy(const struct jgi_dialing *dialing)
{
    return dialing->is_resolving || dialing->is_dialing;
}

void jgi_dialing_close(struct jgi_dialing *dialing)
{
    dialing->is_closed = true;
    if (dialing->dialer != NULL) nng_stream_dialer_close(dialing->dialer);
}

void jgi_dialing_fini(struct jgi_dialing *dialing)
{
    bury_dialer(dialing);
    if (dialing->aio != NULL) nng_aio_reap(dialing->aio);
    free(dialing->to_try);
    *dialing = (struct jgi_dialing){.loop = dialing->loop};
}
