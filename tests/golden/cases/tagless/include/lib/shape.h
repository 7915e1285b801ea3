/* SPDX-License-Identifier: MIT */
#ifndef LIB_SHAPE_H
#define LIB_SHAPE_H

typedef struct {
    double x, y;
} shape;

struct pair {
    shape a, b;
};

/* Tagged in the source; what is an array here is a pointer in generated code. */
#ifndef __cplusplus
int turn(int n, const double m[n], double r[2][2], double w[4], shape *s);
#endif

/* Names that generated code would have used. */
void put_shape(const shape *s);
#define sum_run 1

#endif
