/* SPDX-License-Identifier: MIT */
/* The jobs. */
#include "shape.h"

/* @job */
double area(struct rectangle r)
{
    return r.width * r.height;
}
