/* SPDX-License-Identifier: MIT */
#ifndef LIB_SHAPE_H
#define LIB_SHAPE_H

typedef struct {
    double x, y;
} shape;

struct pair {
    shape a, b;
};

/* Names that generated code would have used. */
void put_shape(const shape *s);
#define sum_run 1

#endif
