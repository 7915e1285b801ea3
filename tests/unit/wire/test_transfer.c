/* SPDX-License-Identifier: MIT */
/* Objects in pieces between two ends of this process: what comes lands in its place, and memory
   that is still read or written is not used again. */
#include "wire/transfer.h"

#include "base/fd.h"
#include "wait_until.h"
#include "wire/bulk.h"
#include "wire/listener.h"
#include "wire/sheet.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 20 << 20 };

/* The dialing end wants, the accepting one has. */
struct end {
    struct jgi_connection *connection;
    bool is_open, has_ended;
};

static struct jgi_loop *loop;
static struct jgi_listener *listener;
static pthread_cond_t changed;
static struct end wants, has;
static struct jgi_outgoing outgoing;
static struct jgi_incoming incoming;
static int object = -1;
static size_t landing_count, copied_count;
static uint64_t stop_at = UINT64_MAX; /* bytes that are here: then it is closed */
static bool is_whole;

static ino_t inode_of(int fd)
{
    struct stat about;
    cr_assert_eq(fstat(fd, &about), 0);
    return about.st_ino;
}

static bool on_hello(struct jgi_connection *connection, void *user, const struct jgi_message *hello,
                     struct jgi_message *answer)
{
    (void)hello;
    ((struct end *)user)->connection = connection;
    answer->role = JGI_PEER_NODE;
    return true;
}

static void on_open(struct jgi_connection *connection, void *user, const struct jgi_message *hello)
{
    (void)connection, (void)hello;
    ((struct end *)user)->is_open = true;
    (void)pthread_cond_broadcast(&changed);
}

static void take_piece(const struct jgi_message *piece)
{
    if (incoming.bulk == NULL || piece->body != incoming.bulk->map + piece->offset) copied_count++;
    int taken = jgi_incoming_take(&incoming, piece);
    cr_assert_geq(taken, 0);
    is_whole = taken == 1;
    if (!is_whole) (void)jgi_incoming_want(&incoming, wants.connection, 1);
    if (incoming.got >= stop_at && wants.connection != NULL) {
        struct jgi_connection *connection = wants.connection;
        wants.connection = NULL;
        jgi_connection_close(connection, JG_OK, NULL);
    }
    (void)pthread_cond_broadcast(&changed);
}

static void on_message(struct jgi_connection *connection, void *user,
                       const struct jgi_message *message)
{
    (void)user;
    if (message->kind == JGI_MESSAGE_PIECE) take_piece(message);
    if (message->kind != JGI_MESSAGE_WANT) return;
    cr_assert(jgi_outgoing_add(&outgoing, message, object, SIZE));
    cr_assert(jgi_outgoing_pump(&outgoing, connection, NULL, NULL));
}

static bool on_landing(struct jgi_connection *connection, void *user,
                       const struct jgi_message *piece, struct jgi_lent *ret_place)
{
    (void)connection, (void)user;
    cr_assert_null(piece->body);
    if (!jgi_incoming_land(&incoming, piece, ret_place)) return false;
    landing_count++;
    return true;
}

static void on_drained(struct jgi_connection *connection, void *user)
{
    if (user == &has) cr_assert(jgi_outgoing_pump(&outgoing, connection, NULL, NULL));
}

static void on_end(struct jgi_connection *connection, void *user, jg_status status, const char *why)
{
    struct end *end = user;
    (void)connection, (void)status, (void)why;
    end->has_ended = true;
    end->connection = NULL;
    if (end == &has) jgi_outgoing_fini(&outgoing);
    (void)pthread_cond_broadcast(&changed);
}

static const struct jgi_connection_handler handler = {.on_hello = on_hello,
                                                      .on_open = on_open,
                                                      .on_message = on_message,
                                                      .on_landing = on_landing,
                                                      .on_drained = on_drained,
                                                      .on_end = on_end};

static void on_accept(struct jgi_stream *stream, void *user)
{
    struct jgi_connection_config config = {.loop = loop, .handler = &handler, .user = &has};
    (void)user;
    (void)jgi_connection_accept(&config, stream, NULL);
}

static uint32_t word_at(size_t index)
{
    return (uint32_t)index * 2654435761u + 1;
}

/* Locked afterwards; both ends are open, and all is asked for. */
static void set_up(void)
{
    static uint32_t words[SIZE / sizeof(uint32_t)];
    char text[300];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        words[i] = word_at(i);
    object = jgi_fd_memfd("object");
    cr_assert_eq(jgi_fd_pwrite_all(object, words, sizeof words, 0), 0);
    jgi_outgoing_init(&outgoing);
    incoming =
        (struct jgi_incoming){.object = JGI_OBJECT_RESULT, .number = 1, .fd = -1, .size = SIZE};
    cr_assert(jgi_incoming_open(&incoming));
    cr_assert(jgi_condition_init(&changed));
    loop = jgi_loop_new();
    cr_assert_not_null(loop);
    listener = jgi_listener_new(loop, "127.0.0.1:0", on_accept, NULL, text, sizeof text);
    cr_assert_not_null(listener, "%s", text);
    struct jgi_connection_config config = {.loop = loop, .handler = &handler, .user = &wants};
    struct jgi_message hello = {.role = JGI_PEER_CALLER, .incarnation = 5};
    jgi_loop_lock(loop);
    wants.connection = jgi_connection_dial(&config, jgi_listener_address(listener), &hello);
    cr_assert_not_null(wants.connection);
    WAIT_UNTIL(wants.is_open && has.is_open);
}

static void tear_down(void)
{
    if (wants.connection != NULL) jgi_connection_close(wants.connection, JG_OK, NULL);
    if (has.connection != NULL) jgi_connection_close(has.connection, JG_OK, NULL);
    jgi_outgoing_fini(&outgoing);
    jgi_incoming_abandon(&incoming);
    jgi_loop_unlock(loop);
    listener = jgi_listener_free(listener);
    (void)close(object);
}

TestSuite(transfer, .init = set_up, .fini = tear_down, .timeout = 90);

static void want(void)
{
    cr_assert(jgi_incoming_want(&incoming, wants.connection, 1));
    jgi_loop_flush(loop);
}

static void expect_all(int fd)
{
    static uint32_t words[SIZE / sizeof(uint32_t)];
    cr_assert_eq(jgi_fd_pread_all(fd, words, sizeof words, 0), 0);
    for (size_t i = JGI_BULK_PAGE / sizeof *words; i < sizeof words / sizeof *words; i++)
        cr_assert_eq(words[i], word_at(i), "word %zu", i);
}

Test(transfer, lands_in_its_place_and_leaves_the_first_page_alone)
{
    want();
    WAIT_UNTIL(is_whole);
    cr_expect_gt(landing_count, 0);
    cr_expect_lt(copied_count, SIZE / JGI_PIECE_SIZE / 2, "%zu", copied_count);
    uint32_t busy = incoming.bulk->map[0];
    cr_expect_eq(busy, 1);
    int fd = jgi_incoming_finish(&incoming);
    expect_all(fd);
    jgi_bulk_forget(fd);
    (void)close(fd);
}

/* The memory of a landing that is under way belongs to nobody else, though it was given up. */
Test(transfer, what_was_abandoned_is_not_used_again_while_something_lands)
{
    struct jgi_lent place;
    struct jgi_message piece = {
        .object = JGI_OBJECT_RESULT, .number = 1, .offset = JGI_BULK_PAGE, .body_size = 1000};
    int fd, other_fd;
    incoming.wanted = SIZE;
    ino_t inode = inode_of(incoming.fd);
    cr_assert(jgi_incoming_land(&incoming, &piece, &place));
    jgi_incoming_abandon(&incoming);
    memset(place.bytes, 'x', place.size); /* it is mapped */
    struct jgi_bulk *other = jgi_bulk_take(&other_fd), *none = jgi_bulk_take(&fd);
    cr_assert_not_null(other);
    cr_expect_neq(inode_of(other_fd), inode);
    cr_expect_null(none);
    place.end(place.owner);
    struct jgi_bulk *again = jgi_bulk_take(&fd);
    cr_assert_not_null(again);
    cr_expect_eq(inode_of(fd), inode);
}

Test(transfer, what_lies_outside_does_not_land)
{
    struct jgi_lent place;
    static const struct {
        uint64_t offset;
        size_t size;
    } bad[] = {{0, 1000},          {JGI_BULK_PAGE - 1, 1000}, {JGI_BULK_PAGE + 1, 1000},
               {JGI_BULK_PAGE, 0}, {JGI_BULK_PAGE, 100001},   {UINT64_MAX - 10, 100},
               {SIZE, 1000}};
    incoming.wanted = JGI_BULK_PAGE + 100000;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(jgi_incoming_land(&incoming,
                                        &(struct jgi_message){.object = JGI_OBJECT_RESULT,
                                                              .offset = bad[i].offset,
                                                              .body_size = bad[i].size},
                                        &place),
                      "%zu", i);
}

/* Closed by its receiver in the middle: the rest goes nowhere, and comes over another link. */
Test(transfer, a_cut_costs_what_was_under_way)
{
    stop_at = SIZE / 3;
    want();
    WAIT_UNTIL(has.has_ended);
    cr_assert_not(is_whole);
    stop_at = UINT64_MAX;
    struct jgi_connection_config config = {.loop = loop, .handler = &handler, .user = &wants};
    struct jgi_message hello = {.role = JGI_PEER_CALLER, .incarnation = 5};
    wants = has = (struct end){.connection = NULL};
    wants.connection = jgi_connection_dial(&config, jgi_listener_address(listener), &hello);
    cr_assert_not_null(wants.connection);
    WAIT_UNTIL(wants.is_open && has.is_open);
    jgi_incoming_resume(&incoming);
    want();
    WAIT_UNTIL(is_whole);
    int fd = jgi_incoming_finish(&incoming);
    expect_all(fd);
    jgi_bulk_forget(fd);
    (void)close(fd);
}

/* ---- sheets ---- */

static uint32_t busy_word(int fd)
{
    uint32_t word = 0;
    cr_assert_eq(pread(fd, &word, sizeof word, 0), sizeof word);
    return word;
}

Test(transfer, a_file_is_released_when_it_is_sent_no_more)
{
    struct jgi_sheet *one = jgi_sheet_open(object, 0, SIZE);
    struct jgi_sheet *two = jgi_sheet_open(object, 12345 * sizeof(uint32_t), 5000);
    cr_assert_not_null(one);
    cr_assert_not_null(two);
    cr_expect_eq(*(const uint32_t *)jgi_sheet_bytes(one), word_at(0));
    cr_expect_eq(*(const uint32_t *)jgi_sheet_bytes(two), word_at(12345));
    cr_expect_eq(busy_word(object), word_at(0));
    jgi_sheet_release(object);
    jgi_sheet_close(one);
    cr_expect_eq(busy_word(object), word_at(0));
    jgi_sheet_close(two);
    cr_expect_eq(busy_word(object), 0);
    cr_assert_eq(pwrite(object, "full", 4, 0), 4);
    jgi_sheet_release(object); /* nobody sends it: at once */
    cr_expect_eq(busy_word(object), 0);
}

/* What this process writes again and again is sent from its map, which stays as long. */
Test(transfer, memory_that_is_sent_is_not_used_again)
{
    int fd, other_fd;
    struct jgi_bulk *bulk = jgi_bulk_take(&fd);
    cr_assert_not_null(bulk);
    cr_assert(jgi_bulk_grow(bulk, 3 * JGI_BULK_PAGE));
    struct jgi_sheet *sheet = jgi_sheet_open(fd, JGI_BULK_PAGE, JGI_BULK_PAGE);
    cr_assert_not_null(sheet);
    cr_expect_eq(jgi_sheet_bytes(sheet), bulk->map + JGI_BULK_PAGE);
    jgi_bulk_put_back(bulk, true, false);
    jgi_sheet_release(fd);
    jgi_bulk_forget(fd);
    (void)close(fd);
    cr_expect_eq(jgi_sheet_bytes(sheet)[JGI_BULK_PAGE - 1], 0); /* it is mapped */
    cr_expect_null(jgi_bulk_take(&other_fd));                   /* the other one is the fixture's */
    jgi_sheet_close(sheet);
    bulk = jgi_bulk_take(&other_fd);
    cr_assert_not_null(bulk);
    jgi_bulk_put_back(bulk, false, true);
    jgi_bulk_forget(other_fd);
    (void)close(other_fd);
}

Test(transfer, a_file_that_could_shrink_is_no_sheet)
{
    cr_expect_null(jgi_sheet_open(object, 1, SIZE));
    struct jgi_sheet *sheet = jgi_sheet_open(object, 0, SIZE);
    cr_assert_not_null(sheet);
    cr_expect_neq(ftruncate(object, SIZE / 2), 0);
    jgi_sheet_close(sheet);
    int stubborn = jgi_fd_memfd("stubborn");
    cr_assert_eq(ftruncate(stubborn, SIZE), 0);
    cr_assert_eq(fcntl(stubborn, F_ADD_SEALS, F_SEAL_SEAL), 0);
    cr_expect_null(jgi_sheet_open(stubborn, 0, SIZE));
    (void)close(stubborn);
}
