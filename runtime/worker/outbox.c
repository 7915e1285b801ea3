/* SPDX-License-Identifier: MIT */
/* What is sent to one worker.

   Frames wait in `out` until they are flushed, many at once. A frame's memfd must go with its first
   byte: it is sent at once, and where the socket is full it waits with the frame, as a copy, since
   its payload may go meanwhile. */
#define _GNU_SOURCE
#include "pool_state.h"

#include "../base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

/* A memfd that goes with the byte at `at` of `out`. */
struct late {
    int fd; /* owned */
    size_t at;
};

static size_t late_count(const struct jgi_worker *worker)
{
    return jgi_buffer_size(&worker->late) / sizeof(struct late);
}

static struct late *late_of(const struct jgi_worker *worker)
{
    if (late_count(worker) == 0) return NULL;
    return (struct late *)(void *)jgi_buffer_data(&worker->late);
}

static bool keep_late(struct jgi_worker *worker, int bulk_fd, size_t at)
{
    struct late late = {.fd = fcntl(bulk_fd, F_DUPFD_CLOEXEC, 0), .at = at};
    if (late.fd >= 0 && jgi_buffer_add(&worker->late, &late, sizeof late)) return true;
    (void)jgi_fd_close(late.fd);
    return false;
}

static void drop_first_late(struct jgi_worker *worker)
{
    (void)jgi_fd_close(late_of(worker)->fd);
    jgi_buffer_take(&worker->late, sizeof(struct late));
}

void jgi_worker_drop_out(struct jgi_worker *worker)
{
    jgi_buffer_take(&worker->out, jgi_buffer_size(&worker->out));
    while (late_count(worker) > 0)
        drop_first_late(worker);
}

/* Sends of the first `size` bytes what there is room for, a memfd (-1: none) with the first of
   them. False: there is no room, or nobody. */
static bool send_piece(struct jgi_worker *worker, size_t size, int bulk_fd)
{
    ssize_t sent = jgi_fd_send(worker->socket.fd, jgi_buffer_data(&worker->out), size, &bulk_fd,
                               bulk_fd >= 0 ? 1 : 0, MSG_DONTWAIT);
    if (sent < 0) {
        if (errno != EAGAIN) jgi_worker_drop_out(worker); /* it has ended, or is about to */
        return false;
    }
    jgi_buffer_take(&worker->out, (size_t)sent);
    return true;
}

/* Up to the first frame with a memfd, or from it up to the next one. */
static bool send_some(struct jgi_worker *worker)
{
    size_t count = late_count(worker), before = jgi_buffer_size(&worker->out);
    struct late *late = late_of(worker);
    bool is_due = count > 0 && late[0].at == 0;
    size_t next = is_due ? 1 : 0;
    if (!send_piece(worker, next < count ? late[next].at : before, is_due ? late[0].fd : -1))
        return false;
    size_t sent = before - jgi_buffer_size(&worker->out);
    for (size_t i = next; i < count; i++)
        late[i].at -= sent;
    if (is_due) drop_first_late(worker);
    return true;
}

void jgi_worker_flush(struct jgi_worker *worker)
{
    while (jgi_buffer_size(&worker->out) > 0 && send_some(worker)) {
    }
    jgi_worker_watch(worker);
}

bool jgi_worker_send(struct jgi_worker *worker, struct jgi_frame_head *head,
                     const struct jgi_payload *payload)
{
    bool has_bulk = payload != NULL && payload->bulk_fd >= 0;
    if (has_bulk) jgi_worker_flush(worker);
    size_t before = jgi_buffer_size(&worker->out);
    if (!jgi_frame_add(&worker->out, head, payload)) return false;
    if (!has_bulk) return true;
    size_t size = jgi_buffer_size(&worker->out) - before;
    bool is_gone = before == 0 && send_piece(worker, size, payload->bulk_fd);
    if (!is_gone && jgi_buffer_size(&worker->out) > 0 &&
        !keep_late(worker, payload->bulk_fd, before)) {
        worker->out.end -= size; /* not a byte of it has gone */
        return false;
    }
    jgi_worker_flush(worker);
    return true;
}
