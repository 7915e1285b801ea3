/* SPDX-License-Identifier: MIT */
/* Structs that only a typedef names, and one that shares their header. */
#ifndef SHAPES_H
#define SHAPES_H

typedef struct {
    double x, y;
    struct {
        short level;
        float parts[2];
    } layers[2];
} shape;

struct frame {
    shape outline;
    int number;
};

#endif
