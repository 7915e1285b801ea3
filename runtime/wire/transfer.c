/* SPDX-License-Identifier: MIT */
/* Large objects in pieces. */
#define _GNU_SOURCE
#include "transfer.h"

#include "../base/fd.h"
#include "bulk.h"
#include "sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PENDING_MAX = 1024 * 1024, WINDOW = 8 * 1024 * 1024, RANGES_MAX = 4096 };

/* Of one WANT. */
struct range {
    struct jgi_link link;
    struct jgi_message want; /* without what it points to, but the program */
    uint8_t program[JGI_DIGEST_SIZE];
    int fd;
    struct jgi_sheet *sheet; /* a part of it as memory, of ARGS and RESULT; NULL: none */
    uint64_t sheet_at, sheet_end;
    uint64_t at, end;
};

void jgi_outgoing_init(struct jgi_outgoing *outgoing)
{
    jgi_list_init(&outgoing->ranges);
    outgoing->range_count = 0;
}

static void range_free(struct jgi_outgoing *outgoing, struct range *range)
{
    outgoing->range_count--;
    jgi_list_remove(&range->link);
    if (range->sheet != NULL) jgi_sheet_close(range->sheet);
    (void)jgi_fd_close(range->fd);
    free(range);
}

void jgi_outgoing_fini(struct jgi_outgoing *outgoing)
{
    while (!jgi_list_is_empty(&outgoing->ranges))
        range_free(outgoing, JGI_OWNER(outgoing->ranges.next, struct range, link));
}

/* What is under way of the same object: pieces of one object go out in order. */
static struct range *find(struct jgi_outgoing *outgoing, const struct jgi_message *want)
{
    for (struct jgi_link *link = outgoing->ranges.next; link != &outgoing->ranges;
         link = link->next) {
        struct range *range = JGI_OWNER(link, struct range, link);
        if (range->want.object == want->object && range->want.number == want->number &&
            (want->program == NULL || memcmp(range->program, want->program, JGI_DIGEST_SIZE) == 0))
            return range;
    }
    return NULL;
}

bool jgi_outgoing_add(struct jgi_outgoing *outgoing, const struct jgi_message *want, int fd,
                      uint64_t size)
{
    if (want->size > size || want->offset > size - want->size ||
        (want->object == JGI_OBJECT_PROGRAM && want->program == NULL) ||
        outgoing->range_count == RANGES_MAX)
        return false;
    struct range *range = find(outgoing, want);
    if (range != NULL) {
        if (want->offset != range->end) range->at = want->offset; /* it begins again there */
        range->end = want->offset + want->size;
        return true;
    }
    range = calloc(1, sizeof *range);
    if (range == NULL) return false;
    range->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (range->fd < 0) {
        free(range);
        return false;
    }
    range->want = (struct jgi_message){.kind = JGI_MESSAGE_PIECE,
                                       .object = want->object,
                                       .number = want->number,
                                       .offset = want->offset,
                                       .size = want->size};
    if (want->program != NULL) {
        memcpy(range->program, want->program, sizeof range->program);
        range->want.program = range->program;
    }
    range->at = want->offset;
    range->end = want->offset + want->size;
    jgi_list_add_last(&outgoing->ranges, &range->link);
    outgoing->range_count++;
    return true;
}

void jgi_outgoing_drop(struct jgi_outgoing *outgoing, enum jgi_object object, uint64_t number)
{
    for (struct jgi_link *link = outgoing->ranges.next, *next; link != &outgoing->ranges;
         link = next) {
        struct range *range = JGI_OWNER(link, struct range, link);
        next = link->next;
        if (range->want.object == object && range->want.number == number)
            range_free(outgoing, range);
    }
}

/* Its next bytes as memory, as far as there are some; NULL: they are to be read. */
static struct jgi_sheet *find_sheet(struct range *range)
{
    if (range->sheet != NULL && range->at >= range->sheet_at && range->at < range->sheet_end)
        return range->sheet;
    if (range->sheet != NULL) jgi_sheet_close(range->sheet);
    uint64_t left = range->end - range->at;
    size_t size = left < WINDOW ? (size_t)left : WINDOW;
    range->sheet = range->want.object == JGI_OBJECT_PROGRAM
                       ? NULL
                       : jgi_sheet_open(range->fd, range->at, size);
    range->sheet_at = range->at;
    range->sheet_end = range->at + size;
    return range->sheet;
}

/* One piece of the first range, from where it lies, or read to where it is sent from. 1: sent; 0:
   no memory, the link has ended; -1: not read. */
static int send_piece(struct range *range, struct jgi_connection *connection)
{
    struct jgi_message piece = range->want;
    uint64_t left = range->end - range->at;
    piece.size = 0;
    piece.offset = range->at;
    piece.body = NULL;
    piece.body_size = left < JGI_PIECE_SIZE ? (size_t)left : JGI_PIECE_SIZE;
    struct jgi_sheet *sheet = find_sheet(range);
    if (sheet != NULL) {
        left = range->sheet_end - range->at;
        if (left < piece.body_size) piece.body_size = (size_t)left;
        piece.body = jgi_sheet_bytes(jgi_sheet_hold(sheet)) + (range->at - range->sheet_at);
        range->at += piece.body_size;
        return jgi_connection_send_lent(connection, &piece, jgi_sheet_close, sheet) ? 1 : 0;
    }
    uint8_t *room = jgi_connection_send_hollow(connection, &piece);
    if (room == NULL) return 0;
    if (jgi_fd_pread_all(range->fd, room, piece.body_size, range->at) != 0) return -1;
    range->at += piece.body_size;
    return 1;
}

bool jgi_outgoing_pump(struct jgi_outgoing *outgoing, struct jgi_connection *connection,
                       void (*on_sent)(void *user, const struct jgi_message *sent), void *user)
{
    while (!jgi_list_is_empty(&outgoing->ranges) &&
           jgi_connection_pending(connection) < PENDING_MAX) {
        struct range *range = JGI_OWNER(outgoing->ranges.next, struct range, link);
        int sent = send_piece(range, connection);
        if (sent <= 0) return sent == 0;
        if (range->at < range->end) { /* the next one is another's turn */
            jgi_list_remove(&range->link);
            jgi_list_add_last(&outgoing->ranges, &range->link);
            continue;
        }
        struct jgi_message done = range->want;
        done.offset = range->end;
        uint8_t program[JGI_DIGEST_SIZE];
        memcpy(program, range->program, sizeof program);
        if (done.program != NULL) done.program = program;
        range_free(outgoing, range);
        if (on_sent != NULL) on_sent(user, &done);
    }
    return true;
}

bool jgi_incoming_open(struct jgi_incoming *incoming)
{
    struct jgi_bulk *bulk = jgi_bulk_take(&incoming->fd);
    if (incoming->size > JGI_BULK_PAGE) incoming->got = incoming->wanted = JGI_BULK_PAGE;
    if (bulk != NULL && jgi_bulk_grow(bulk, incoming->size)) {
        incoming->bulk = bulk;
        return true;
    }
    if (bulk != NULL) {
        jgi_bulk_put_back(bulk, false, false);
        jgi_bulk_forget(incoming->fd);
        (void)jgi_fd_close(incoming->fd);
    }
    incoming->fd = jgi_fd_memfd("jobgen-bulk");
    if (incoming->fd >= 0 && ftruncate(incoming->fd, (off_t)incoming->size) == 0) return true;
    incoming->fd = jgi_fd_close(incoming->fd);
    return false;
}

int jgi_incoming_finish(struct jgi_incoming *incoming)
{
    int fd = incoming->fd;
    if (incoming->bulk != NULL) jgi_bulk_put_back(incoming->bulk, true, true);
    incoming->bulk = NULL;
    incoming->fd = -1;
    return fd;
}

void jgi_incoming_abandon(struct jgi_incoming *incoming)
{
    if (incoming->fd < 0) return;
    if (incoming->bulk != NULL) {
        jgi_bulk_put_back(incoming->bulk, false, true);
        jgi_bulk_forget(incoming->fd);
    }
    incoming->bulk = NULL;
    incoming->fd = jgi_fd_close(incoming->fd);
}

/* Bytes from `at` on. 0, or -1 with errno. */
static int write_at(struct jgi_incoming *incoming, const uint8_t *bytes, size_t size, uint64_t at)
{
    if (incoming->bulk == NULL) return jgi_fd_pwrite_all(incoming->fd, bytes, size, at);
    if (at < JGI_BULK_PAGE) {
        size_t skipped = JGI_BULK_PAGE - at < size ? (size_t)(JGI_BULK_PAGE - at) : size;
        at += skipped;
        bytes += skipped;
        size -= skipped;
    }
    if (bytes != incoming->bulk->map + at) memcpy(incoming->bulk->map + at, bytes, size);
    if (at + size > incoming->bulk->written) incoming->bulk->written = at + size;
    return 0;
}

bool jgi_incoming_want(struct jgi_incoming *incoming, struct jgi_connection *connection,
                       uint64_t floor)
{
    uint64_t left = incoming->size - incoming->wanted;
    if (left == 0 || incoming->wanted - incoming->got > WINDOW / 2) return true;
    struct jgi_message want = {.kind = JGI_MESSAGE_WANT,
                               .floor = floor,
                               .object = incoming->object,
                               .number = incoming->number,
                               .offset = incoming->wanted,
                               .size = left < WINDOW ? left : WINDOW};
    if (incoming->object == JGI_OBJECT_PROGRAM) want.program = incoming->program;
    incoming->wanted += want.size;
    return jgi_connection_send(connection, &want);
}

void jgi_incoming_resume(struct jgi_incoming *incoming)
{
    incoming->wanted = incoming->got;
}

static void end_landing(void *bulk)
{
    jgi_bulk_let_go(bulk);
}

bool jgi_incoming_land(struct jgi_incoming *incoming, const struct jgi_message *piece,
                       struct jgi_lent *ret_place)
{
    struct jgi_bulk *bulk = incoming->bulk;
    uint64_t end = piece->offset + piece->body_size;
    if (bulk == NULL || piece->offset != incoming->got || piece->offset < JGI_BULK_PAGE ||
        end < piece->offset || end > incoming->wanted || piece->body_size == 0)
        return false;
    if (end > bulk->written) bulk->written = end;
    jgi_bulk_hold(bulk);
    *ret_place = (struct jgi_lent){.bytes = bulk->map + piece->offset,
                                   .size = piece->body_size,
                                   .end = end_landing,
                                   .owner = bulk};
    return true;
}

int jgi_incoming_take(struct jgi_incoming *incoming, const struct jgi_message *piece)
{
    uint64_t end = piece->offset + piece->body_size;
    if (end < piece->offset || end > incoming->wanted || piece->body_size == 0 ||
        piece->offset > incoming->got) {
        errno = EPROTO;
        return -1;
    }
    if (end > incoming->got) {
        uint64_t skipped = incoming->got - piece->offset;
        if (write_at(incoming, piece->body + skipped, piece->body_size - (size_t)skipped,
                     incoming->got) != 0)
            return -1;
        incoming->got = end;
    }
    return incoming->got == incoming->size ? 1 : 0;
}
