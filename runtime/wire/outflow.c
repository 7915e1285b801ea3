/* SPDX-License-Identifier: MIT */
/* Bytes on their way out: a buffer, and between its bytes pieces of memory that are only lent. */
#include "outflow.h"

#include <string.h>

bool jgi_outflow_lend(struct jgi_outflow *flow, const struct jgi_lent *lent)
{
    if (flow->piece_count == JGI_OUTFLOW_LENT) return false;
    size_t before = jgi_buffer_size(&flow->buffer) - flow->lent_before;
    flow->pieces[flow->piece_count].before = before;
    flow->pieces[flow->piece_count].lent = *lent;
    flow->pieces[flow->piece_count++].sent = 0;
    flow->lent_before += before;
    flow->lent_size += lent->size;
    return true;
}

size_t jgi_outflow_look(const struct jgi_outflow *flow, struct iovec *parts, size_t most)
{
    size_t count = 0, piece = 0;
    uint8_t *at = jgi_buffer_data(&flow->buffer), *end = at + jgi_buffer_size(&flow->buffer);
    while (count < most && (piece < flow->piece_count || at < end)) {
        bool is_behind = piece == flow->piece_count;
        size_t size = is_behind ? (size_t)(end - at) : flow->pieces[piece].before;
        if (size > 0) parts[count++] = (struct iovec){.iov_base = at, .iov_len = size};
        at += size;
        if (is_behind || count == most) continue;
        const struct jgi_lent *lent = &flow->pieces[piece].lent;
        size_t sent = flow->pieces[piece++].sent;
        parts[count++] =
            (struct iovec){.iov_base = lent->bytes + sent, .iov_len = lent->size - sent};
    }
    return count;
}

static void end_first(struct jgi_outflow *flow)
{
    struct jgi_lent lent = flow->pieces[0].lent;
    memmove(flow->pieces, flow->pieces + 1, --flow->piece_count * sizeof *flow->pieces);
    lent.end(lent.owner);
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

void jgi_outflow_take(struct jgi_outflow *flow, size_t size)
{
    while (flow->piece_count > 0 && size > 0) {
        size_t before = lesser(flow->pieces[0].before, size);
        jgi_buffer_take(&flow->buffer, before);
        flow->pieces[0].before -= before;
        flow->lent_before -= before;
        size -= before;
        if (flow->pieces[0].before > 0) return;
        size_t of_piece = lesser(flow->pieces[0].lent.size - flow->pieces[0].sent, size);
        flow->pieces[0].sent += of_piece;
        flow->lent_size -= of_piece;
        size -= of_piece;
        if (flow->pieces[0].sent < flow->pieces[0].lent.size) return;
        end_first(flow);
    }
    jgi_buffer_take(&flow->buffer, size);
}

void jgi_outflow_fini(struct jgi_outflow *flow)
{
    while (flow->piece_count > 0)
        end_first(flow);
    jgi_buffer_fini(&flow->buffer);
    flow->lent_size = flow->lent_before = 0;
}
