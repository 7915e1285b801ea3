/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdio.h>

#if defined __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

enum { GUARD = 64, GUARD_BYTE = 0xA7, LARGE_COUNT = 9000, TEXT_MOST = 20 };

uint64_t next(struct source *from)
{
    uint64_t z = from->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

bool next_chance(struct source *from, unsigned of)
{
    return next(from) % of == 0;
}

void fill_number(struct source *from, void *to, size_t size)
{
    uint64_t value = next(from), top = UINT64_C(1) << (8 * size - 1);
    switch (from->mode == MIXED || from->mode == LARGE ? next(from) % 8 : from->mode) {
    case ZEROS:
        value = 0;
        break;
    case ONES:
        value = UINT64_MAX;
        break;
    case 2:
        value = top;
        break;
    case 3:
        value = top - 1;
        break;
    case 4:
        value = value % 3;
        break;
    default:
        break;
    }
    memcpy(to, &value, size); /* little-endian machines */
}

void fill_double(struct source *from, void *to)
{
    static const uint64_t odd[] = {0,
                                   UINT64_C(0x8000000000000000),
                                   UINT64_C(0x7ff8000000000123),
                                   UINT64_C(0x7ff0000000000001),
                                   UINT64_C(0xfff8dead0000beef),
                                   UINT64_C(1),
                                   UINT64_C(0x800fffffffffffff),
                                   UINT64_C(0x7fefffffffffffff),
                                   UINT64_C(0x7ff0000000000000),
                                   UINT64_C(0xfff0000000000000),
                                   UINT64_C(0x3ff0000000000000)};
    uint64_t chosen = next(from) % 16, value = next(from);
    if (from->mode == ONES) chosen = 1;
    if (from->mode == ZEROS) chosen = 0;
    if (chosen < sizeof odd / sizeof *odd) value = odd[chosen];
    memcpy(to, &value, sizeof value);
}

void fill_float(struct source *from, void *to)
{
    static const uint32_t odd[] = {0,          0x80000000, 0x7fc00123, 0x7f800001, 0xffc0beef, 1,
                                   0x807fffff, 0x7f7fffff, 0x7f800000, 0xff800000, 0x3f800000};
    uint64_t chosen = next(from) % 16;
    uint32_t value = (uint32_t)next(from);
    if (from->mode == ONES) chosen = 1;
    if (from->mode == ZEROS) chosen = 0;
    if (chosen < sizeof odd / sizeof *odd) value = odd[chosen];
    memcpy(to, &value, sizeof value);
}

size_t next_count(struct source *from, size_t most)
{
    uint64_t chosen = next(from);
    if (from->mode == ZEROS || chosen % 8 == 0) return 0;
    if (from->mode == ONES || chosen % 8 == 1) return most;
    return (size_t)(next(from) % (most + 1));
}

size_t next_extent(struct source *from, bool may_be_large)
{
    if (may_be_large && from->mode == LARGE) return LARGE_COUNT + (size_t)(next(from) % 100);
    return next_count(from, 6);
}

void fill_text(struct source *from, char *to, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to[i] = (char)(unsigned char)(1 + next(from) % 255);
    to[length] = '\0';
}

char *new_text(struct source *from)
{
    size_t length = from->mode == LARGE ? 10 * LARGE_COUNT : next_count(from, TEXT_MOST);
    char *text = malloc(length + 1);
    if (text == NULL) abort();
    fill_text(from, text, length);
    return text;
}

static void add(struct sink *sink, const char *text, size_t size)
{
    if (sink->size + size + 1 > sink->room) {
        sink->room = 2 * (sink->room + size) + 1024;
        sink->text = realloc(sink->text, sink->room);
        if (sink->text == NULL) abort();
    }
    memcpy(sink->text + sink->size, text, size);
    sink->size += size;
    sink->text[sink->size] = '\0';
}

void put(struct sink *sink, const char *label, const volatile void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const volatile unsigned char *at = bytes;
    for (size_t i = 0; i < size; i = after(i, size))
        sink->digest = (sink->digest ^ at[i]) * UINT64_C(0x100000001b3) + (sink->digest >> 47);
    if (!sink->is_text) return;
    add(sink, label, strlen(label));
    add(sink, " =", 2);
    for (size_t i = 0; i < size; i++) {
        char byte[3] = {i % 4 ? digits[at[i] >> 4] : ' ', digits[at[i] >> 4], digits[at[i] & 15]};
        if (i % 4)
            add(sink, byte + 1, 2);
        else
            add(sink, byte, 3);
    }
    add(sink, "\n", 1);
}

void put_text(struct sink *sink, const char *label, const char *text, size_t room)
{
    size_t length = text == NULL ? 0 : strnlen(text, room);
    put(sink, label, text == NULL ? "NULL" : "is", text == NULL ? 4 : 2);
    PUT(sink, length);
    if (text != NULL) put(sink, label, text, length);
}

static bool are_whole = true;

/* The rooms that there are: a job may hand back a pointer to anywhere within one. */
struct room {
    struct room *next;
    unsigned char *start;
    size_t size;
};
static struct room *rooms;

void *new_room(size_t size)
{
    size_t whole = (2 * GUARD + size + GUARD - 1) / GUARD * GUARD;
    struct room *room = malloc(sizeof *room);
    unsigned char *start = aligned_alloc(GUARD, whole);
    if (room == NULL || start == NULL) abort();
    *room = (struct room){rooms, start, size};
    rooms = room;
    memset(start, GUARD_BYTE, whole);
    ASAN_POISON_MEMORY_REGION(start, GUARD);
    ASAN_POISON_MEMORY_REGION(start + GUARD + size, whole - GUARD - size);
    return start + GUARD;
}

void end_room(void *within)
{
    uintptr_t at = (uintptr_t)within;
    struct room **link = &rooms;
    if (within == NULL) return;
    while (*link != NULL && (at < (uintptr_t)(*link)->start + GUARD ||
                             at > (uintptr_t)(*link)->start + GUARD + (*link)->size))
        link = &(*link)->next;
    struct room *room = *link;
    if (room == NULL) abort(); /* it is not the caller's */
    *link = room->next;
    size_t whole = (2 * GUARD + room->size + GUARD - 1) / GUARD * GUARD;
    ASAN_UNPOISON_MEMORY_REGION(room->start, whole);
    for (size_t i = 0; i < whole; i++)
        if ((i < GUARD || i >= GUARD + room->size) && room->start[i] != GUARD_BYTE)
            are_whole = false;
    free(room->start);
    free(room);
}

bool rooms_are_whole(void)
{
    bool were_whole = are_whole;
    are_whole = true;
    return were_whole;
}
