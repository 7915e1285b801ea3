/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include <stddef.h>

#define WIDTH 3
enum { DEPTH = 2, BELOW = -1 };
struct buffer {
    int len, cap;
};
typedef double vector[WIDTH];

/* @job */
int declared(int n, const int a[n], double b[n][n * 2 + 1], const char c[static 4],
             const unsigned char d[WIDTH + DEPTH], float e[(size_t)n - BELOW]);

/* @job
 * @in rows[n] @inout open[n] @in m
 */
int shapes(int n, const double (*rows)[n], vector v, const vector pair[2], int open[][WIDTH],
           const struct buffer *b, const unsigned char data[b->len], const int *m,
           const short twice[*m]);

/* @job
 * @in a[2 * n - 1][m % 3]
 * @inout b[b2.cap] used(return)
 * @out c[*len]
 * @inout len
 * @in d[DEPTH] @in e[0x10 / 2]
 * @inout open[n]
 */
int annotated(int n, unsigned m, const int *a, char *b, struct buffer b2, float *c, size_t *len,
              const long *d, const int *e, int open[][WIDTH]);

/* @job
 * @out q
 * @inout r
 * @in s
 * @out return[*r] owned
 */
int *one(int *q, int *r, const double *s);

/* @job */
int volatiles(int n, volatile int a[n], const volatile int b[n]);

/* The header only names the struct, so there the array is a pointer to its first element.
 * @job
 */
int grid(const struct buffer cells[2][3]);

struct size {
    int width;
    struct {
        short height;
    };
};
struct image {
    long depth;
    struct size size;
};
/* @job
 * @in a[image->size.width][image->size.height]
 * @inout b[size.width]
 * @inout changed
 * @out c[changed->size.width]
 * @out *d[image->size.width] owned
 */
int inner(const struct image *image, struct size size, struct image *changed, const int *a, int *b,
          int *c, int **d, const char declared[image->size.width][size.height]);
