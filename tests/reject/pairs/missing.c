/* SPDX-License-Identifier: MIT */
#include <nowhere/shape.h>
/* @job */
int f(shape_t *shape);
