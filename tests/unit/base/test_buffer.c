/* SPDX-License-Identifier: MIT */
/* Bytes come out as they went in, whatever is taken between. */
#include "base/buffer.h"

#include <criterion/criterion.h>
#include <string.h>

static void add_text(struct jgi_buffer *buffer, const char *text)
{
    cr_assert(jgi_buffer_add(buffer, text, strlen(text)));
}

static void expect_text(const struct jgi_buffer *buffer, const char *text)
{
    cr_assert_eq(jgi_buffer_size(buffer), strlen(text));
    cr_expect_eq(memcmp(jgi_buffer_data(buffer), text, strlen(text)), 0, "not %s", text);
}

Test(buffer, begins_empty)
{
    struct jgi_buffer buffer = {0};
    cr_expect_eq(jgi_buffer_size(&buffer), 0);
    cr_expect(jgi_buffer_add(&buffer, NULL, 0));
    cr_expect_null(buffer.bytes, "nothing was added, so nothing is needed");
    jgi_buffer_fini(&buffer);
}

Test(buffer, gives_what_was_added_from_the_front)
{
    struct jgi_buffer buffer = {0};
    add_text(&buffer, "one");
    add_text(&buffer, "two");
    expect_text(&buffer, "onetwo");
    jgi_buffer_take(&buffer, 2);
    expect_text(&buffer, "etwo");
    add_text(&buffer, "!");
    expect_text(&buffer, "etwo!");
    jgi_buffer_fini(&buffer);
}

/* The bytes that a stream of numbers has at `at`. */
static uint8_t byte_at(size_t at)
{
    return (uint8_t)(at * 167 + at / 251);
}

Test(buffer, keeps_order_while_it_grows_and_shrinks)
{
    struct jgi_buffer buffer = {0};
    size_t added = 0, taken = 0;
    uint32_t draw = 1;
    for (int step = 0; step < 5000; step++) {
        uint8_t piece[997];
        draw = draw * 1103515245u + 12345u;
        size_t size = (draw >> 8) % sizeof piece;
        for (size_t i = 0; i < size; i++)
            piece[i] = byte_at(added + i);
        cr_assert(jgi_buffer_add(&buffer, piece, size));
        added += size;
        draw = draw * 1103515245u + 12345u;
        size_t most = jgi_buffer_size(&buffer);
        size_t take = (draw >> 8) % 5 == 0 ? most : most == 0 ? 0 : (draw >> 8) % most;
        for (size_t i = 0; i < take; i++)
            cr_assert_eq(jgi_buffer_data(&buffer)[i], byte_at(taken + i));
        jgi_buffer_take(&buffer, take);
        taken += take;
        cr_assert_eq(jgi_buffer_size(&buffer), added - taken);
    }
    jgi_buffer_fini(&buffer);
}

Test(buffer, uses_the_room_of_what_was_taken)
{
    struct jgi_buffer buffer = {0};
    uint8_t piece[100] = {0};
    for (int i = 0; i < 2; i++)
        cr_assert(jgi_buffer_add(&buffer, piece, sizeof piece));
    size_t capacity = buffer.capacity;
    for (int i = 0; i < 1000; i++) {
        jgi_buffer_take(&buffer, sizeof piece);
        cr_assert(jgi_buffer_add(&buffer, piece, sizeof piece));
    }
    cr_expect_eq(buffer.capacity, capacity, "200 bytes at once never need more");
    jgi_buffer_fini(&buffer);
}

Test(buffer, refuses_a_size_that_cannot_be)
{
    struct jgi_buffer buffer = {0};
    add_text(&buffer, "kept");
    cr_expect_null(jgi_buffer_reserve(&buffer, SIZE_MAX));
    cr_expect_null(jgi_buffer_reserve(&buffer, SIZE_MAX - 4));
    expect_text(&buffer, "kept");
    jgi_buffer_fini(&buffer);
}

Test(buffer, reserves_without_adding)
{
    struct jgi_buffer buffer = {0};
    uint8_t *room = jgi_buffer_reserve(&buffer, 5000);
    cr_assert_not_null(room);
    memset(room, 'r', 5000); /* all of it is ours: the address sanitizer looks */
    cr_expect_eq(jgi_buffer_size(&buffer), 0);
    buffer.end += 3;
    expect_text(&buffer, "rrr");
    jgi_buffer_fini(&buffer);
    cr_expect_eq(jgi_buffer_size(&buffer), 0);
}
