/* SPDX-License-Identifier: MIT */
/* What the jobs are about. */
#ifndef SHAPE_H
#define SHAPE_H

struct rectangle {
    double width, height;
};

#endif
