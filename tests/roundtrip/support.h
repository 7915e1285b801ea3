/* SPDX-License-Identifier: MIT */
/* What the generated jobs of the round trip and their callers share: values of all kinds from a
 * seed, a digest and a text of values, rooms with guards around them, and the run of all forms. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { VERY_MANY = 100000 };

/* ---- values: the same seed gives the same ones; `mode` says which are likely ---- */

enum mode { ZEROS, ONES, LARGE, MIXED };

struct source {
    uint64_t state;
    enum mode mode;
};

uint64_t next(struct source *from);
void fill_number(struct source *from, void *to, size_t size); /* an integer of that size */
void fill_float(struct source *from, void *to);
void fill_double(struct source *from, void *to);
size_t next_count(struct source *from, size_t most);        /* 0 to `most`, both likely */
size_t next_extent(struct source *from, bool may_be_large); /* few; sometimes more than a page */
bool next_chance(struct source *from, unsigned of);
/* Bytes without a NUL, and a NUL behind them. */
void fill_text(struct source *from, char *to, size_t length);
char *new_text(struct source *from); /* malloc'ed */

/* ---- what values are: a digest for jobs, lines of text to compare ---- */

struct sink {
    uint64_t digest;
    bool is_text;
    char *text;
    size_t size, room;
};

#define PUT(sink, value) put((sink), #value, &(value), sizeof(value))
void put(struct sink *sink, const char *label, const volatile void *bytes, size_t size);
/* NULL is something, and so is an end at the NUL. */
void put_text(struct sink *sink, const char *label, const char *text, size_t room);

/* ---- rooms: what stands around them is looked at when they end ---- */

void *new_room(size_t size);
void end_room(void *within); /* a room, or a place in it; NULL allowed */
bool rooms_are_whole(void);

/* ---- runs ---- */

#define SIZE_OF(count, size) ((size_t)(count) * (size))

/* An owned result of a negative length is empty. */
static inline size_t not_negative(long long count)
{
    return count < 0 ? 0 : (size_t)count;
}

/* For structs of any alignment; freed by free. */
static inline void *new_owned(size_t count, size_t size)
{
    size_t all = 0;
    if (__builtin_mul_overflow(count, size, &all) || all > SIZE_MAX / 2) return NULL;
    return aligned_alloc(64, (all + 63) / 64 * 64);
}

/* The next of `count` elements; of very many only those at both ends. */
static inline size_t after(size_t i, size_t count)
{
    return i == 8 && count > VERY_MANY ? count - 1 : i + 1;
}

enum form { PLAIN, LOCAL, REMOTE, LOCAL_AWAIT, REMOTE_TRY, NOT_WANTED, FORM_COUNT };

/* A way to spoil a call; false: this one cannot be spoilt that way. */
struct spoiler {
    const char *name;
    bool (*spoil)(void *call);
    int status;
};

struct signature {
    const char *text;
    size_t call_size;
    void (*make)(void *call, struct source *from);
    void (*put)(struct sink *sink, const void *call, bool has_value);
    void (*end)(void *call, bool has_value);
    int (*run)(void *call, enum form form);
    int (*fan_out)(void *calls, size_t count, int *statuses);
    const struct spoiler *spoilers; /* ends with an empty name */
    const char *name;
    void (*item)(void *call, void *args); /* fills a struct NAME_args */
    size_t value_offset;                  /* in the call: where the result goes */
};

extern const struct signature signatures[];
extern const size_t signature_count;

#endif
