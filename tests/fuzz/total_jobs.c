/* SPDX-License-Identifier: MIT */
/* The jobs of tests/unit/wire/codec_jobs.c, for any arguments: each looks at both ends of what it
 * was given and writes to both ends of what it gives, so that the address sanitizer sees what is
 * too short. Numbers may be anything, so nothing is done so often. */
#include "codec_jobs.h"

#include "jobs.h"

#include <stdlib.h>
#include <string.h>

enum { OWNED_MAX = 64 };

static volatile unsigned char seen;

static void look(const volatile void *bytes, size_t count, size_t size)
{
    const volatile unsigned char *at = bytes;
    if (count == 0) return;
    seen = at[0];
    seen = at[count * size - 1];
}

static void fill(volatile void *bytes, size_t count, size_t size)
{
    volatile unsigned char *at = bytes;
    if (count == 0) return;
    at[0] = 1;
    at[count * size - 1] = 1;
}

/* A bool of an array must be one: 1 in each byte is. */
#define LOOK(array, count) look(array, count, sizeof *(array))
#define FILL(array, count) fill(array, count, sizeof *(array))

void nothing(void)
{
}

int scalars(char a0, signed char a1, unsigned char a2, short a3, unsigned short a4, int a5,
            unsigned a6, long a7, unsigned long a8, long long a9, unsigned long long a10, float a11,
            double a12, bool a13, int a14, unsigned long a15, char *c, signed char *sc,
            unsigned char *uc, short *s, unsigned short *us, int *i, unsigned *u, long *l,
            unsigned long *ul, long long *ll, unsigned long long *ull, float *f, double *d, bool *b,
            int *m, unsigned long *v)
{
    *c = a0, *sc = a1, *uc = a2, *s = a3, *us = a4, *i = a5, *u = a6, *l = a7, *ul = a8, *ll = a9;
    *ull = a10, *f = a11, *d = a12, *b = a13, *m = a14, *v = a15;
    return 1;
}

double same_double(double a)
{
    return a;
}

unsigned long next_vast(unsigned long a)
{
    return a + 1;
}

struct shape turned(struct shape s, const struct point *by, struct point *last)
{
    LOOK(by, 1);
    FILL(last, 1);
    s.flags[4] = !s.flags[4];
    return s;
}

struct tight packed(struct tight t)
{
    return t;
}

int search(const struct shape *all, int n, struct point *found)
{
    LOOK(all, (size_t)n);
    FILL(found, (size_t)n);
    return n / 2;
}

void transpose(size_t r, size_t c, const double *in, double *out)
{
    LOOK(in, r * c);
    FILL(out, r * c);
}

void bump(unsigned char *data, size_t n)
{
    FILL(data, n);
}

void arrays(size_t n, const int16_t *i16, const uint16_t *u16, const bool *flags, const int *moods,
            const unsigned long long *wide, int16_t *to_i16, uint16_t *to_u16, bool *to_flags,
            int *to_moods, unsigned long long *to_wide)
{
    LOOK(i16, n), LOOK(u16, n), LOOK(flags, n), LOOK(moods, n), LOOK(wide, n);
    FILL(to_i16, n), FILL(to_u16, n), FILL(to_flags, n), FILL(to_moods, n), FILL(to_wide, n);
}

int squeeze(unsigned char *dest, unsigned long *dest_len, const unsigned char *source,
            unsigned long source_len)
{
    LOOK(source, source_len);
    FILL(dest, *dest_len);
    *dest_len = source_len; /* perhaps more than there is room for */
    return 0;
}

long reply(long given, unsigned char *data, size_t room)
{
    FILL(data, room);
    return given; /* of any size */
}

void fill_none(int *data, size_t n)
{
    FILL(data, n);
}

char *doubled(const char *text)
{
    return strdup(text);
}

int *counted(int wanted, size_t *n)
{
    if (wanted < 0 || wanted > OWNED_MAX) {
        *n = 0;
        return NULL;
    }
    *n = (size_t)wanted;
    return calloc((size_t)wanted + 1, sizeof(int));
}

struct point *line(int n)
{
    return n < 0 || n > OWNED_MAX ? NULL : calloc((size_t)n + 1, sizeof(struct point));
}

struct point *one_point(bool is_there)
{
    return is_there ? calloc(1, sizeof(struct point)) : NULL;
}

short *one_short(bool is_there)
{
    return is_there ? calloc(1, sizeof(short)) : NULL;
}

bool *flags_of(const struct buffer *b)
{
    return b->len < 0 || b->len > OWNED_MAX ? NULL : calloc((size_t)b->len + 1, sizeof(bool));
}

void name_of(int number, char *name, size_t room)
{
    (void)number;
    FILL(name, room);
}

void shout(char *line, size_t room)
{
    seen = (unsigned char)strlen(line);
    FILL(line, room);
}

long extents(int n, unsigned m, const int *a, const char *b, struct buffer b2, const short *k,
             const long *c, struct buffer *b3, float *d)
{
    LOOK(a, (size_t)((2 * (long)n - 1) * (long)(m % 3)));
    LOOK(b, (size_t)b2.cap);
    LOOK(c, (size_t)*k);
    FILL(d, (size_t)b3->cap);
    b3->cap = n;
    return n;
}

void ones(double *q, volatile long *r, const short *s)
{
    *q = *s;
    FILL(r, 1);
}

int volatiles(int n, volatile int *a, const volatile uint16_t *b)
{
    FILL(a, (size_t)n);
    LOOK(b, (size_t)n);
    return n;
}

int value(int a, const int *in, int out, int message, int result, int rooms, int status, int args,
          int count, int jgi)
{
    (void)message, (void)result, (void)rooms, (void)status, (void)args, (void)count, (void)jgi;
    LOOK(in, (size_t)out);
    return a;
}

int count(void)
{
    return 3;
}

int a_1(struct loose a)
{
    return a.a;
}

struct shape *shapes(const struct shape *all, size_t n)
{
    LOOK(all, n);
    struct shape *copy = n > OWNED_MAX ? NULL : calloc(n + 1, sizeof *copy);
    if (copy != NULL && n > 0) memcpy(copy, all, n * sizeof *copy);
    return copy;
}

size_t words(size_t n, const char *const *texts)
{
    size_t sum = 0;
    for (size_t i = 0; texts != NULL && i < n; i++)
        sum += strlen(texts[i]);
    return sum;
}

int given(const char *text, struct point *at, int *number, size_t n, short *steps, char *name)
{
    if (text != NULL) LOOK(text, strlen(text) + 1);
    if (at != NULL) FILL(at, 1);
    if (number != NULL) FILL(number, 1);
    if (steps != NULL) FILL(steps, n);
    if (name != NULL) FILL(name, n);
    return 1;
}

void receive(const void *from, size_t n, void **copy, size_t *copied, struct point **at,
             const char **text, short **step)
{
    LOOK((const char *)from, n);
    *copied = n > OWNED_MAX ? 0 : n;
    *copy = calloc(*copied + 1, 1);
    *at = calloc(2, sizeof **at);
    *text = n % 2 == 0 ? calloc(1, 1) : NULL;
    if (step != NULL) *step = calloc(1, sizeof **step);
}
