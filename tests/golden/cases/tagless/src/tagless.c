/* SPDX-License-Identifier: MIT */
#include "lib/shape.h"
#include "local.h"
#include <stdlib.h>

#include "jobs.h"

typedef struct {
    int count;
} hidden;

/* @job
 * @in many[one->count]
 */
shape sum(const struct pair *pair, const hidden *one, const hidden *many, shape *last);

/* @job */
div_t ratio(local of);

/* @job
 * @out return owned
 */
hidden *make(hidden in[2][3]);

/* @job */
int turn(int n, const double m[n], double r[2][2], double w[4], shape *s);
