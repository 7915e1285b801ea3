/* SPDX-License-Identifier: MIT */
#ifndef LIB_SHAPE_H
#define LIB_SHAPE_H

typedef struct {
    double x, y;
} shape;

struct pair {
    shape a, b;
};

#endif
