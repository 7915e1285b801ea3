/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include <stddef.h>

enum colour { RED };
typedef struct {
    int a;
} hidden;
struct point {
    double x, y;
};

/* @job
 * @out *samples[*count] owned
 * @out count
 * @out *at owned
 * @out *name string owned optional
 * @out *hues[2] owned
 */
int receive(float **samples, int *count, struct point **at, const char **name, enum colour **hues);

/* @job
 * @in from size(n)
 * @inout both[n]
 * @out to size(n) used(return)
 * @out *copy size(n) owned
 */
size_t bytes(const void *from, void *both, void *to, void **copy, size_t n);

/* @job
 * @out return size(n) owned
 */
void *allocated(size_t n);

/* @job
 * @in argv[argc] string
 * @in names[2] string optional
 */
int strings(int argc, char **argv, const char *const names[]);

/* @job
 * @in n optional
 * @in text string optional
 * @inout at optional
 * @out name[*n] string optional
 * @inout values[2][3][*n] optional
 */
void optionals(const int *n, const char *text, struct point *at, char *name, short *values);

/* @job
 * @inout c optional
 * @out *d owned
 */
void complexes(double _Complex *c, float _Complex **d);

/* @job
 * @out *count[2] owned
 * @out *here owned
 * @out *there[2] owned optional
 * @in from optional
 */
int variables(int **count, hidden **here, hidden **there, const hidden *from);
