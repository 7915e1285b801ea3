/* SPDX-License-Identifier: MIT */
/* The jobs of the codec's tests; each is run in the test's own process, through its encoding. */
#include "codec_jobs.h"

#include "jobs.h"

#include <stdlib.h>
#include <string.h>

/* @job */
void nothing(void)
{
}

/* @job
 * @out c @out sc @out uc @out s @out us @out i @out u @out l @out ul @out ll @out ull
 * @out f @out d @out b @out m @out v
 */
int scalars(char a0, signed char a1, unsigned char a2, short a3, unsigned short a4, int a5,
            unsigned a6, long a7, unsigned long a8, long long a9, unsigned long long a10, float a11,
            double a12, bool a13, enum mood a14, enum vast a15, char *c, signed char *sc,
            unsigned char *uc, short *s, unsigned short *us, int *i, unsigned *u, long *l,
            unsigned long *ul, long long *ll, unsigned long long *ull, float *f, double *d, bool *b,
            enum mood *m, enum vast *v)
{
    *c = a0, *sc = a1, *uc = a2, *s = a3, *us = a4, *i = a5, *u = a6, *l = a7, *ul = a8, *ll = a9;
    *ull = a10, *f = a11, *d = a12, *b = a13, *m = a14, *v = a15;
    return 1;
}

/* @job */
double same_double(double a)
{
    return a;
}

/* @job */
enum vast next_vast(enum vast a)
{
    return (enum vast)(a + 1);
}

/* @job */
struct shape turned(struct shape s, const struct point *by, struct point *last)
{
    last->x += by->x;
    s.corners[1].y = by->y;
    s.flags[4] = !s.flags[4];
    return s;
}

/* @job */
struct tight packed(struct tight t)
{
    return t;
}

/* @job
 * @in all[n]
 * @out found[n] used(return)
 */
int search(const struct shape *all, int n, struct point *found)
{
    for (int i = 0; i < n; i++)
        found[i] = all[i].corners[2];
    return n / 2;
}

/* @job
 * @out out
 */
void transpose(size_t r, size_t c, const double in[r][c], double out[c][r])
{
    for (size_t i = 0; i < r; i++)
        for (size_t j = 0; j < c; j++)
            out[j][i] = in[i][j];
}

/* @job
 * @inout data[n]
 */
void bump(unsigned char *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        data[i]++;
}

/* @job
 * @in i16[n] @in u16[n] @in flags[n] @in moods[n] @in wide[n]
 * @out to_i16[n] @out to_u16[n] @out to_flags[n] @out to_moods[n] @out to_wide[n]
 */
void arrays(size_t n, const int16_t *i16, const uint16_t *u16, const bool *flags,
            const enum mood *moods, const unsigned long long *wide, int16_t *to_i16,
            uint16_t *to_u16, bool *to_flags, enum mood *to_moods, unsigned long long *to_wide)
{
    for (size_t i = 0; i < n; i++) {
        to_i16[i] = i16[i];
        to_u16[i] = u16[i];
        to_flags[i] = flags[i];
        to_moods[i] = moods[i];
        to_wide[i] = wide[i];
    }
}

/* As compress of zlib: the room goes in, the length comes out.
 * @job
 * @out dest[*dest_len]
 * @inout dest_len
 * @in source[source_len]
 */
int squeeze(unsigned char *dest, unsigned long *dest_len, const unsigned char *source,
            unsigned long source_len)
{
    unsigned long length = source_len / 2;
    if (length > *dest_len) length = *dest_len;
    memcpy(dest, source, length);
    *dest_len = length;
    return 0;
}

/* @job
 * @out data[room] used(return)
 */
long reply(long given, unsigned char *data, size_t room)
{
    memset(data, 'r', room);
    return given;
}

/* @job
 * @out data[n]
 */
void fill_none(int *data, size_t n)
{
    (void)data, (void)n;
}

/* @job
 * @in text string
 * @out return string owned
 */
char *doubled(const char *text)
{
    size_t length = strlen(text);
    if (!length) return NULL;
    char *both = malloc(2 * length + 1);
    memcpy(both, text, length);
    memcpy(both + length, text, length + 1);
    return both;
}

/* @job
 * @out return[*n] owned
 * @out n
 */
int *counted(int wanted, size_t *n)
{
    *n = wanted < 0 ? 0 : (size_t)wanted;
    int *all = wanted < 0 ? NULL : calloc((size_t)wanted + 1, sizeof *all);
    for (size_t i = 0; i < *n; i++)
        all[i] = (int)i;
    return all;
}

/* @job
 * @out return[n] owned
 */
struct point *line(int n)
{
    struct point *all = calloc((size_t)n + 1, sizeof *all);
    for (int i = 0; i < n; i++)
        all[i].y = i;
    return all;
}

/* @job
 * @out return owned
 */
struct point *one_point(bool is_there)
{
    struct point *one = is_there ? calloc(1, sizeof *one) : NULL;
    if (one) one->x = 5;
    return one;
}

/* @job
 * @out return owned
 */
short *one_short(bool is_there)
{
    short *one = is_there ? malloc(sizeof *one) : NULL;
    if (one) *one = -5;
    return one;
}

/* @job
 * @out return[b->len] owned
 */
bool *flags_of(const struct buffer *b)
{
    bool *all = calloc((size_t)b->len + 1, sizeof *all);
    for (int i = 0; i < b->len; i++)
        all[i] = i % 2;
    return all;
}

/* @job
 * @out name[room] string
 */
void name_of(int number, char *name, size_t room)
{
    for (size_t i = 0; i < room && (int)i < number; i++)
        name[i] = 'x';
}

/* @job
 * @inout line[room] string
 */
void shout(char *line, size_t room)
{
    size_t length = strlen(line);
    if (length + 1 < room) line[length] = '!', line[length + 1] = '\0';
}

/* @job
 * @in a[2 * n - 1][m % 3]
 * @in b[b2.cap]
 * @in k
 * @in c[*k]
 * @inout b3
 * @out d[b3->cap]
 */
long extents(int n, unsigned m, const int *a, const char *b, struct buffer b2, const short *k,
             const long *c, struct buffer *b3, float *d)
{
    long sum = b[b2.cap - 1] + c[*k - 1] + a[(2 * n - 1) * (int)(m % 3) - 1];
    for (int i = 0; i < b3->cap; i++)
        d[i] = (float)i;
    b3->cap -= 1;
    return sum;
}

/* @job
 * @out q
 * @inout r
 * @in s
 */
void ones(double *q, volatile long *r, const short *s)
{
    *q = *r + *s;
    *r = -*r;
}

/* @job */
int volatiles(int n, volatile int a[n], const volatile uint16_t b[n])
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += a[i] + b[i], a[i] = b[i];
    return sum;
}

/* The names of variables in generated code.
 * @job
 * @in in[out]
 */
int value(int a, const int *in, int out, int message, int result, int rooms, int status, int args,
          int count, int jgi)
{
    return a + in[0] + out + message + result + rooms + status + args + count + jgi;
}

/* @job */
int count(void)
{
    return 3;
}

/* @job */
int a_1(struct loose a)
{
    return a.a;
}

/* @job
 * @in all[n]
 * @out return[n] owned
 */
struct shape *shapes(const struct shape *all, size_t n)
{
    struct shape *copy = malloc((n + 1) * sizeof *copy);
    if (n) memcpy(copy, all, n * sizeof *copy);
    return copy;
}

/* @job
 * @in texts[n] string optional
 */
size_t words(size_t n, const char *const texts[])
{
    size_t sum = 0;
    for (size_t i = 0; texts && i < n; i++)
        sum += strlen(texts[i]);
    return texts && !texts[n] ? sum : SIZE_MAX;
}

/* @job
 * @in text string optional
 * @inout at optional
 * @out number optional
 * @inout steps[n] optional
 * @out name[n] string optional
 */
int given(const char *text, struct point *at, int *number, size_t n, short *steps, char *name)
{
    if (at) at->x += 1;
    if (number) *number = 12;
    if (steps && n) steps[n - 1] = -1;
    if (name && n) name[0] = 'n';
    return (text != NULL) | (at != NULL) << 1 | (number != NULL) << 2 | (steps != NULL) << 3 |
           (name != NULL) << 4;
}

/* @job
 * @in from size(n)
 * @out *copy size(*copied) owned
 * @out copied
 * @out *at[2] owned
 * @out *text string owned
 * @out *step owned optional
 */
void receive(const void *from, size_t n, void **copy, size_t *copied, struct point **at,
             const char **text, short **step)
{
    *copied = n;
    *copy = n ? malloc(n) : NULL;
    if (n) memcpy(*copy, from, n);
    *at = calloc(2, sizeof **at);
    (*at)[1].y = -0.0;
    *text = n ? strndup(from, n) : NULL;
    if (!step) return;
    *step = malloc(sizeof **step);
    **step = -5;
}
