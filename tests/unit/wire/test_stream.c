/* SPDX-License-Identifier: MIT */
/* Memory that a stream sends from or receives into, whatever becomes of the stream: the other end
   is a plain socket. What was lent is unmapped in its end, so that any later use of it is seen. */
#include "wire/stream.h"

#include "wait_until.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 64 << 20 };

static struct jgi_loop *loop;
static struct jgi_stream *stream;
static pthread_cond_t changed;
static int listener, peer = -1;
static bool is_open, has_ended, lands;
static unsigned end_count;
static size_t came, landing_size, behind_size;
static uint8_t behind[64];
static struct jgi_lent memory;

static void on_memory_end(void *owner)
{
    cr_assert_eq(owner, &memory);
    cr_assert_eq(munmap(memory.bytes, memory.size), 0);
    end_count++;
    (void)pthread_cond_broadcast(&changed);
}

static void on_open(struct jgi_stream *opened, void *user)
{
    (void)opened, (void)user;
    is_open = true;
    (void)pthread_cond_broadcast(&changed);
}

static void on_bytes(struct jgi_stream *from, void *user, struct jgi_buffer *in)
{
    (void)user;
    came++;
    if (lands) {
        lands = false;
        jgi_stream_land(from, &(struct jgi_lent){.bytes = memory.bytes,
                                                 .size = landing_size,
                                                 .end = memory.end,
                                                 .owner = memory.owner});
    }
    if (!jgi_stream_is_landing(from)) {
        size_t size = jgi_buffer_size(in);
        cr_assert_leq(behind_size + size, sizeof behind);
        memcpy(behind + behind_size, jgi_buffer_data(in), size);
        behind_size += size;
        jgi_buffer_take(in, size);
    }
    (void)pthread_cond_broadcast(&changed);
}

static void on_end(struct jgi_stream *ended, void *user, const char *why)
{
    (void)ended, (void)user, (void)why;
    has_ended = true;
    stream = NULL;
    (void)pthread_cond_broadcast(&changed);
}

static const struct jgi_stream_handler handler = {
    .on_open = on_open, .on_bytes = on_bytes, .on_end = on_end};

/* Locked afterwards, and connected. */
static void set_up(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    char text[64];
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(listener, (struct sockaddr *)&address, length), 0);
    cr_assert_eq(listen(listener, 1), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    memory = (struct jgi_lent){.bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
                               .size = SIZE,
                               .end = on_memory_end,
                               .owner = &memory};
    cr_assert_neq(memory.bytes, MAP_FAILED);
    cr_assert(jgi_condition_init(&changed));
    loop = jgi_loop_new();
    cr_assert_not_null(loop);
    (void)snprintf(text, sizeof text, "127.0.0.1:%u", ntohs(address.sin_port));
    jgi_loop_lock(loop);
    stream = jgi_stream_dial(loop, text, &handler, NULL);
    cr_assert_not_null(stream);
    peer = accept(listener, NULL, NULL);
    cr_assert_geq(peer, 0);
    WAIT_UNTIL(is_open);
}

static void tear_down(void)
{
    if (stream != NULL) jgi_stream_close(stream);
    WAIT_UNTIL(end_count == 1);
    jgi_loop_unlock(loop);
    (void)close(peer);
    (void)close(listener);
}

TestSuite(stream, .init = set_up, .fini = tear_down, .timeout = 90);

static void peer_sends(const void *bytes, size_t size)
{
    cr_assert_eq(send(peer, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

/* Reads, as the loop goes on meanwhile. */
static void peer_reads(uint8_t *bytes, size_t size)
{
    jgi_loop_unlock(loop);
    cr_assert_eq(recv(peer, bytes, size, MSG_WAITALL), (ssize_t)size);
    jgi_loop_lock(loop);
}

static void lend_all(void)
{
    cr_assert(jgi_buffer_add(jgi_stream_out(stream), "before", 6));
    cr_assert(jgi_stream_lend(stream, &memory));
    cr_assert(jgi_buffer_add(jgi_stream_out(stream), "behind", 6));
    jgi_stream_flush(stream);
    jgi_loop_flush(loop);
}

Test(stream, sends_from_where_it_lies)
{
    static uint8_t got[SIZE + 12];
    memset(memory.bytes, 'x', SIZE);
    memory.bytes[0] = 'a';
    memory.bytes[SIZE - 1] = 'z';
    lend_all();
    cr_expect_geq(jgi_stream_pending(stream), SIZE / 2);
    peer_reads(got, sizeof got);
    cr_expect_arr_eq(got, "beforea", 7);
    cr_expect_arr_eq(got + SIZE + 5, "zbehind", 7);
    WAIT_UNTIL(end_count == 1);
    WAIT_UNTIL(jgi_stream_pending(stream) == 0);
    cr_expect_eq(jgi_stream_sent(stream), sizeof got);
}

/* The peer reads nothing: most of it is on its way when the stream ends. */
Test(stream, what_is_lent_ends_with_the_close)
{
    lend_all();
    cr_expect_eq(end_count, 0);
    jgi_stream_close(stream);
    stream = NULL;
    WAIT_UNTIL(end_count == 1);
}

Test(stream, what_is_lent_ends_with_the_cut)
{
    lend_all();
    struct linger at_once = {.l_onoff = 1};
    cr_assert_eq(setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    (void)close(peer);
    peer = -1;
    WAIT_UNTIL(has_ended && end_count == 1);
}

Test(stream, what_is_lent_ends_with_the_finish)
{
    lend_all();
    jgi_stream_finish(stream); /* it gives up after a second */
    stream = NULL;
    WAIT_UNTIL(end_count == 1);
}

Test(stream, what_was_lent_and_never_begun_ends_too)
{
    cr_assert(jgi_stream_lend(stream, &memory));
    jgi_stream_close(stream);
    stream = NULL;
    WAIT_UNTIL(end_count == 1);
}

Test(stream, lands_what_comes_and_keeps_what_comes_behind)
{
    enum { LANDS = 100000 };
    static uint8_t bytes[LANDS + 6];
    memset(bytes, 'y', LANDS);
    memcpy(bytes + LANDS, "behind", 6);
    lands = true;
    landing_size = LANDS;
    peer_sends(bytes, 10);
    WAIT_UNTIL(came == 1);
    peer_sends(bytes + 10, 70000);
    peer_sends(bytes + 70010, sizeof bytes - 70010);
    /* Looked at before the end, which is behind the on_bytes that sees the last of it. */
    WAIT_UNTIL(behind_size == 6);
    cr_expect_arr_eq(behind, "behind", 6);
    WAIT_UNTIL(end_count == 1);
    peer_sends("more", 4);
    WAIT_UNTIL(behind_size == 10);
    cr_expect_arr_eq(behind, "behindmore", 10);
}

static void begin_to_land(void)
{
    lands = true;
    landing_size = SIZE;
    peer_sends("begin", 5);
    WAIT_UNTIL(came == 1);
    cr_assert_eq(end_count, 0);
    cr_assert_arr_eq(memory.bytes, "begin", 5);
}

Test(stream, landing_ends_with_the_close)
{
    begin_to_land();
    peer_sends("on its way", 10);
    jgi_stream_close(stream);
    stream = NULL;
    WAIT_UNTIL(end_count == 1);
}

Test(stream, landing_ends_with_the_cut)
{
    begin_to_land();
    (void)close(peer);
    peer = -1;
    WAIT_UNTIL(has_ended && end_count == 1);
}

/* While it lingers nothing lands any more. */
Test(stream, landing_ends_with_the_finish)
{
    begin_to_land();
    cr_assert(jgi_buffer_add(jgi_stream_out(stream), "last", 4));
    jgi_stream_finish(stream);
    stream = NULL;
    peer_sends("on its way", 10);
    WAIT_UNTIL(end_count == 1);
}
