/* SPDX-License-Identifier: MIT */
/* TCP by nng's streams. nng runs the callbacks of its aios on threads of its own; each takes the
   loop's lock first.

   What comes is waited for by the loop, on the socket that nng holds, and read by a receive that is
   over at once. A receive that waits would bring it through two threads of nng's, its poller and
   one that runs callbacks, before it is here: twice that in a call, which is most of what one
   costs.

   A stream has at most one send under way, and is freed when it is closed and none of its aios is:
   in a callback, so the aios are handed to nng's reaper (nng_aio_reap(3)). */
#define _GNU_SOURCE
#include "stream.h"

#include "../base/clock.h"
#include "../base/thread.h"
#include "address.h"
#include "dialing.h"
#include "socket.h"
#include "stream_nng.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    READ_MIN = 64 * 1024,
    READ_MAX = 1024 * 1024,
    READ_BEHIND = 4 * 1024,     /* what lands: what comes behind it is little */
    LOW = 512 * 1024,           /* less is pending: more is asked for */
    PARTS_MAX = 8,              /* nng_aio_set_iov(3) takes no more */
    KEPT_MAX = 2 * 1024 * 1024, /* a send buffer larger than this is given back */
    FINISH_MS = 1000,
    LINGER_MS = 200,
    LINGERING_MAX = 64,
    SOON_MS = 2,
    QUIET_MAX = 32 * 1024
};

const char jgi_stream_refused[] = "connection refused: nobody listens there";
static const char closed_by_peer[] = "closed by the other side";

struct jgi_stream {
    struct jgi_loop *loop;
    const struct jgi_stream_handler *handler;
    void *user;
    struct jgi_dialing dialing; /* zeroed: it was accepted */
    nng_stream *nng;            /* NULL: not connected yet */
    nng_aio *send;
    nng_aio *receive;            /* has no callback: for reads of what is there */
    nng_aio *quiet;              /* has no callback: for sends that the system takes at once */
    struct jgi_watch watch;      /* of its socket, which is nng's */
    struct jgi_round last_round; /* of the loop, after which it is freed */
    bool is_quiet;               /* what is being sent is so by it, and was not taken at once */
    bool is_sending, is_ending;
    unsigned calls; /* callbacks under way: it is not freed yet */
    uint64_t sent;  /* bytes that the system has taken */
    bool is_closed; /* no callback comes any more */
    bool is_finishing, is_lingering;
    size_t room; /* of the next read */
    struct jgi_buffer in;
    struct jgi_lent landing; /* where the next bytes go; end NULL: none */
    size_t landed;           /* of them, here */
    struct jgi_outflow out, going;
    struct jgi_later later; /* set: flush at the end of the round */
    struct jgi_alarm finish_limit, soon;
    bool is_loopback;
    char peer[80];
};

static unsigned lingering_count; /* locked */

/* nng makes its threads at the first call; none of them takes the program's signals. */
static void start_nng(void)
{
    sigset_t before;
    nng_aio *aio = NULL;
    jgi_signals_block(&before);
    if (nng_aio_alloc(&aio, NULL, NULL) == 0) nng_aio_free(aio);
    jgi_signals_restore(&before);
}

void jgi_nng_begin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, start_nng);
}

/* nng takes a scope for something else. */
bool jgi_nng_url(const char *address, char *ret_url, size_t size)
{
    char host[JGI_HOST_MAX + 1];
    unsigned port;
    if (!jgi_address_split(address, host, &port) || host[0] == '\0' || strchr(host, '%') != NULL)
        return false;
    int needed = snprintf(ret_url, size, "tcp://%s", address);
    return needed > 0 && (size_t)needed < size;
}

/* Who is at the other end; "?": it was gone before it was asked. */
static void name_peer(struct jgi_stream *stream, const nng_sockaddr *address)
{
    bool is_six = address->s_family == NNG_AF_INET6;
    char host[INET6_ADDRSTRLEN] = "?", text[JGI_ADDRESS_MAX + 1] = "?";
    if (is_six || address->s_family == NNG_AF_INET) {
        (void)inet_ntop(is_six ? AF_INET6 : AF_INET,
                        is_six ? (const void *)address->s_in6.sa_addr : &address->s_in.sa_addr,
                        host, sizeof host);
        jgi_address_join(host, ntohs(is_six ? address->s_in6.sa_port : address->s_in.sa_port),
                         text);
    }
    stream->is_loopback = jgi_host_is_loopback(host);
    (void)snprintf(stream->peer, sizeof stream->peer, "%.79s", text);
}

static void end_landing(struct jgi_stream *stream)
{
    struct jgi_lent landing = stream->landing;
    stream->landing = (struct jgi_lent){.end = NULL};
    stream->landed = 0;
    if (landing.end != NULL) landing.end(landing.owner);
}

static void free_stream(struct jgi_stream *stream)
{
    if (stream->nng != NULL) nng_stream_free(stream->nng);
    jgi_dialing_fini(&stream->dialing);
    if (stream->receive != NULL) nng_aio_reap(stream->receive);
    if (stream->send != NULL) nng_aio_reap(stream->send);
    if (stream->quiet != NULL) nng_aio_reap(stream->quiet);
    jgi_buffer_fini(&stream->in);
    end_landing(stream);
    jgi_outflow_fini(&stream->out);
    jgi_outflow_fini(&stream->going);
    free(stream);
}

static void on_last_round(struct jgi_loop *loop, struct jgi_round *round)
{
    jgi_loop_remove_round(loop, round);
    free_stream(JGI_OWNER(round, struct jgi_stream, last_round));
}

/* Frees it if nothing of it is under way any more, at the end of a round if events of the running
   one may name its socket. The last use of a stream by any callback. */
static void free_if_idle(struct jgi_stream *stream)
{
    if (!stream->is_closed || stream->calls > 0 || jgi_dialing_is_busy(&stream->dialing) ||
        stream->is_sending || stream->is_ending)
        return;
    jgi_loop_clear_alarm(stream->loop, &stream->finish_limit);
    jgi_loop_clear_alarm(stream->loop, &stream->soon);
    jgi_loop_forget_later(stream->loop, &stream->later);
    stream->is_ending = true;
    if (stream->watch.fd < 0) {
        free_stream(stream);
        return;
    }
    stream->last_round.on_end = on_last_round;
    jgi_loop_add_round(stream->loop, &stream->last_round);
    jgi_loop_wake(stream->loop);
}

static struct jgi_loop *enter(struct jgi_stream *stream)
{
    jgi_loop_lock(stream->loop);
    stream->calls++;
    return stream->loop;
}

/* The end of a callback of nng's. */
static void leave(struct jgi_stream *stream, struct jgi_loop *loop)
{
    stream->calls--;
    free_if_idle(stream);
    jgi_loop_flush(loop);
    jgi_loop_unlock(loop);
}

static void shut(struct jgi_stream *stream)
{
    if (stream->is_closed) return;
    stream->is_closed = true;
    if (stream->is_lingering) lingering_count--;
    if (stream->watch.fd >= 0) (void)jgi_loop_watch(stream->loop, &stream->watch, 0);
    if (stream->nng != NULL) nng_stream_close(stream->nng);
    jgi_dialing_close(&stream->dialing);
    if (!stream->is_quiet) return;
    nng_aio_wait(stream->quiet); /* the close has ended it */
    stream->is_quiet = stream->is_sending = false;
}

/* Ends it for its owner. */
static void fail(struct jgi_stream *stream, const char *why)
{
    if (stream->is_closed) return;
    bool is_told = stream->is_finishing;
    shut(stream);
    if (!is_told) stream->handler->on_end(stream, stream->user, why);
}

/* What of it belongs elsewhere is there; the rest of its size. */
static size_t take_landed(struct jgi_stream *stream, size_t count)
{
    size_t left = stream->landing.size - stream->landed;
    size_t landed = count < left ? count : left;
    stream->landed += landed;
    return count - landed;
}

/* Where the next bytes go. False: no memory, the stream has failed. */
static bool make_room(struct jgi_stream *stream)
{
    bool is_landing = jgi_stream_is_landing(stream);
    uint8_t *room = jgi_buffer_reserve(&stream->in, is_landing ? READ_BEHIND : stream->room);
    nng_iov parts[2] = {{.iov_len = 0}}, behind = {.iov_buf = room};
    unsigned count = 0;
    if (is_landing)
        parts[count++] = (nng_iov){.iov_buf = stream->landing.bytes + stream->landed,
                                   .iov_len = stream->landing.size - stream->landed};
    behind.iov_len = is_landing ? READ_BEHIND : stream->in.capacity - stream->in.end;
    parts[count++] = behind;
    if (room != NULL && nng_aio_set_iov(stream->receive, count, parts) == 0) return true;
    fail(stream, "no memory to read");
    return false;
}

/* An aio that is under way has neither an error nor a count. */
static bool is_over(nng_aio *aio)
{
    return nng_aio_result(aio) != 0 || nng_aio_count(aio) > 0;
}

/* One read of what is there; one that filled its room is followed by a larger one. The socket tells
   that nothing is there to read only where nng has closed it: then it takes no receive any more. */
static void read_some(struct jgi_stream *stream)
{
    if (!make_room(stream)) return;
    nng_stream_recv(stream->nng, stream->receive);
    if (!is_over(stream->receive)) nng_aio_cancel(stream->receive);
    nng_aio_wait(stream->receive); /* it is at its end, if not behind it */
    int error = nng_aio_result(stream->receive);
    if (error != 0) {
        bool is_end = error == NNG_ECLOSED || error == NNG_ECONNSHUT || error == NNG_ECANCELED;
        fail(stream, is_end ? closed_by_peer : nng_strerror(error));
        return;
    }
    size_t count = take_landed(stream, nng_aio_count(stream->receive));
    stream->in.end += count;
    if (count >= stream->room && stream->room < READ_MAX) stream->room *= 2;
    if (stream->is_finishing)
        jgi_buffer_take(&stream->in, jgi_buffer_size(&stream->in));
    else
        stream->handler->on_bytes(stream, stream->user, &stream->in);
    if (stream->is_finishing || !jgi_stream_is_landing(stream)) end_landing(stream);
}

static void on_readable(struct jgi_loop *loop, struct jgi_watch *watch, uint32_t events)
{
    struct jgi_stream *stream = JGI_OWNER(watch, struct jgi_stream, watch);
    (void)loop;
    (void)events;
    stream->calls++;
    read_some(stream);
    stream->calls--;
    free_if_idle(stream);
}

/* It is connected: what comes is read from now on. */
static void watch_socket(struct jgi_stream *stream)
{
    stream->watch.fd = jgi_socket_of(stream->nng);
    if (stream->watch.fd < 0)
        fail(stream, closed_by_peer);
    else if (!jgi_loop_watch(stream->loop, &stream->watch, JGI_READABLE))
        fail(stream, "no memory to wait for what it sends");
}

/* As many as fit: the rest goes with the next send. False: no memory, the stream has failed. */
static bool set_parts(struct jgi_stream *stream, nng_aio *aio)
{
    struct iovec parts[PARTS_MAX];
    nng_iov same[PARTS_MAX];
    size_t count = jgi_outflow_look(&stream->going, parts, PARTS_MAX);
    for (size_t i = 0; i < count; i++)
        same[i] = (nng_iov){.iov_buf = parts[i].iov_base, .iov_len = parts[i].iov_len};
    if (nng_aio_set_iov(aio, (unsigned)count, same) == 0) return true;
    fail(stream, "no memory to send");
    return false;
}

static void send_going(struct jgi_stream *stream)
{
    if (!set_parts(stream, stream->send)) return;
    stream->is_sending = true;
    nng_stream_send(stream->nng, stream->send);
}

static void send_kept(struct jgi_stream *stream);

/* All is sent. A close now, with bytes of the other side's unread, would make the system throw away
   what that side has not read yet: so it is given a moment to close first. */
static void linger(struct jgi_stream *stream)
{
    if (stream->is_lingering) return;
    if (lingering_count >= LINGERING_MAX ||
        !jgi_loop_set_alarm(stream->loop, &stream->finish_limit, jgi_clock_deadline(LINGER_MS))) {
        shut(stream);
        return;
    }
    stream->is_lingering = true;
    lingering_count++;
}

/* The system has taken some, or the stream has failed. */
static void take_sent(struct jgi_stream *stream, int error, size_t count)
{
    stream->is_sending = false;
    if (error != 0) {
        fail(stream, error == NNG_ECLOSED ? closed_by_peer : nng_strerror(error));
        return;
    }
    if (stream->is_closed) return;
    jgi_outflow_take(&stream->going, count);
    stream->sent += count;
    if (jgi_outflow_size(&stream->going) > 0) send_going(stream);
}

/* What comes after: more, or the end. */
static void go_on(struct jgi_stream *stream)
{
    if (!stream->is_sending) send_kept(stream);
    if (stream->is_closed) return;
    if (stream->is_finishing && !stream->is_sending)
        linger(stream);
    else if (!stream->is_finishing && stream->handler->on_drained != NULL &&
             jgi_stream_pending(stream) <= LOW)
        stream->handler->on_drained(stream, stream->user);
}

/* True: the system has taken it, or the stream has failed. */
static bool is_quiet_done(struct jgi_stream *stream)
{
    if (!is_over(stream->quiet)) return false;
    nng_aio_wait(stream->quiet); /* it is at its end, if not behind it */
    stream->is_quiet = false;
    take_sent(stream, nng_aio_result(stream->quiet), nng_aio_count(stream->quiet));
    return true;
}

/* A little is taken by the system at once, but for a peer that does not read. Then no thread of
   nng's is woken to tell so; where it is not, it is looked at again soon. */
static void send_quietly(struct jgi_stream *stream)
{
    if (!set_parts(stream, stream->quiet)) return;
    stream->is_sending = stream->is_quiet = true;
    nng_stream_send(stream->nng, stream->quiet);
    if (!is_quiet_done(stream) &&
        !jgi_loop_set_alarm(stream->loop, &stream->soon, jgi_clock_deadline(SOON_MS)))
        fail(stream, "no memory for its time limits");
}

static void send_kept(struct jgi_stream *stream)
{
    if (stream->is_sending || stream->nng == NULL || stream->is_closed ||
        jgi_outflow_size(&stream->out) == 0)
        return;
    struct jgi_outflow empty = stream->going;
    stream->going = stream->out;
    stream->out = empty;
    if (stream->out.buffer.capacity > KEPT_MAX) jgi_buffer_fini(&stream->out.buffer);
    if (jgi_outflow_size(&stream->going) <= QUIET_MAX)
        send_quietly(stream);
    else
        send_going(stream);
}

static void on_sent(void *user)
{
    struct jgi_stream *stream = user;
    struct jgi_loop *loop = enter(stream);
    take_sent(stream, nng_aio_result(stream->send), nng_aio_count(stream->send));
    if (!stream->is_closed) go_on(stream);
    leave(stream, loop);
}

static void on_later(struct jgi_loop *loop, struct jgi_later *later)
{
    struct jgi_stream *stream = JGI_OWNER(later, struct jgi_stream, later);
    (void)loop;
    stream->calls++;
    send_kept(stream);
    stream->calls--;
    free_if_idle(stream);
}

static void on_soon(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_stream *stream = JGI_OWNER(alarm, struct jgi_stream, soon);
    stream->calls++;
    if (!stream->is_quiet)
        send_kept(stream);
    else if (is_quiet_done(stream))
        go_on(stream);
    else
        (void)jgi_loop_set_alarm(loop, alarm, jgi_clock_deadline(SOON_MS)); /* it has had room */
    stream->calls--;
    free_if_idle(stream);
}

static void on_finish_limit(struct jgi_loop *loop, struct jgi_alarm *alarm)
{
    struct jgi_stream *stream = JGI_OWNER(alarm, struct jgi_stream, finish_limit);
    (void)loop;
    shut(stream);
    free_if_idle(stream);
}

static struct jgi_stream *stream_new(struct jgi_loop *loop)
{
    jgi_nng_begin();
    struct jgi_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) return NULL;
    stream->loop = loop;
    stream->room = READ_MIN;
    stream->later.run = on_later;
    stream->finish_limit.on_due = on_finish_limit;
    stream->soon.on_due = on_soon;
    stream->watch = (struct jgi_watch){.fd = -1, .on_ready = on_readable};
    if (nng_aio_alloc(&stream->receive, NULL, NULL) == 0 &&
        nng_aio_alloc(&stream->send, on_sent, stream) == 0 &&
        nng_aio_alloc(&stream->quiet, NULL, NULL) == 0)
        return stream;
    stream->is_closed = true;
    free_if_idle(stream);
    return NULL;
}

/* Takes what nng made. */
static void adopt(struct jgi_stream *stream, nng_stream *nng)
{
    nng_sockaddr address = {.s_family = NNG_AF_UNSPEC};
    stream->nng = nng;
    (void)nng_stream_set_bool(nng, NNG_OPT_TCP_NODELAY, true); /* else slower, no more */
    (void)nng_stream_get_addr(nng, NNG_OPT_REMADDR, &address); /* failed: of no family */
    name_peer(stream, &address);
}

static void on_dialed(struct jgi_dialing *dialing, nng_stream *nng, const char *why)
{
    struct jgi_stream *stream = JGI_OWNER(dialing, struct jgi_stream, dialing);
    stream->calls++;
    if (nng == NULL) {
        fail(stream, why);
    } else {
        adopt(stream, nng);
        if (!stream->is_closed) stream->handler->on_open(stream, stream->user);
        if (!stream->is_closed) watch_socket(stream);
        if (!stream->is_closed) send_kept(stream);
    }
    stream->calls--;
    free_if_idle(stream);
}

struct jgi_stream *jgi_stream_dial(struct jgi_loop *loop, const char *address,
                                   const struct jgi_stream_handler *handler, void *user)
{
    struct jgi_stream *stream = stream_new(loop);
    if (stream == NULL) return NULL;
    stream->handler = handler;
    stream->user = user;
    (void)snprintf(stream->peer, sizeof stream->peer, "%.79s", address);
    if (jgi_dialing_begin(&stream->dialing, loop, address, on_dialed)) return stream;
    stream->is_closed = true;
    free_if_idle(stream);
    return NULL;
}

void jgi_stream_set_handler(struct jgi_stream *stream, const struct jgi_stream_handler *handler,
                            void *user)
{
    stream->handler = handler;
    stream->user = user;
}

struct jgi_buffer *jgi_stream_out(struct jgi_stream *stream)
{
    return &stream->out.buffer;
}

bool jgi_stream_lend(struct jgi_stream *stream, const struct jgi_lent *lent)
{
    return jgi_outflow_lend(&stream->out, lent);
}

void jgi_stream_land(struct jgi_stream *stream, const struct jgi_lent *place)
{
    struct jgi_buffer *in = &stream->in;
    end_landing(stream);
    stream->landing = *place;
    stream->landed = jgi_buffer_size(in) < place->size ? jgi_buffer_size(in) : place->size;
    memcpy(place->bytes, jgi_buffer_data(in), stream->landed);
    jgi_buffer_take(in, stream->landed);
}

bool jgi_stream_is_landing(const struct jgi_stream *stream)
{
    return stream->landed < stream->landing.size;
}

void jgi_stream_flush(struct jgi_stream *stream)
{
    if (!stream->is_closed) jgi_loop_do_later(stream->loop, &stream->later);
}

void jgi_stream_flush_soon(struct jgi_stream *stream)
{
    if (stream->is_closed || stream->later.is_set || stream->soon.timer.place != 0) return;
    if (!jgi_loop_set_alarm(stream->loop, &stream->soon, jgi_clock_deadline(SOON_MS)))
        jgi_stream_flush(stream);
}

size_t jgi_stream_pending(const struct jgi_stream *stream)
{
    return jgi_outflow_size(&stream->out) + jgi_outflow_size(&stream->going);
}

uint64_t jgi_stream_sent(const struct jgi_stream *stream)
{
    return stream->sent;
}

void jgi_stream_finish(struct jgi_stream *stream)
{
    if (stream->is_closed || stream->is_finishing) return;
    bool has_more = jgi_stream_pending(stream) > 0;
    stream->is_finishing = true;
    stream->calls++;
    send_kept(stream);
    if (!stream->is_closed && !stream->is_sending && has_more && stream->nng != NULL)
        linger(stream);
    else if (!stream->is_sending || !jgi_loop_set_alarm(stream->loop, &stream->finish_limit,
                                                        jgi_clock_deadline(FINISH_MS)))
        shut(stream);
    stream->calls--;
    free_if_idle(stream);
}

void jgi_stream_close(struct jgi_stream *stream)
{
    if (stream->is_closed) return;
    shut(stream);
    free_if_idle(stream);
}

bool jgi_stream_is_loopback(const struct jgi_stream *stream)
{
    return stream->is_loopback;
}

const char *jgi_stream_peer(const struct jgi_stream *stream)
{
    return stream->peer;
}

void jgi_stream_accepted(struct jgi_loop *loop, nng_stream *nng,
                         void (*on_accept)(struct jgi_stream *stream, void *user), void *user)
{
    struct jgi_stream *stream = stream_new(loop);
    if (stream == NULL) {
        nng_stream_free(nng);
        return;
    }
    adopt(stream, nng);
    stream->calls++;
    on_accept(stream, user);
    if (!stream->is_closed) watch_socket(stream);
    stream->calls--;
    free_if_idle(stream);
}
