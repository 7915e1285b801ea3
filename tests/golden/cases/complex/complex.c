/* SPDX-License-Identifier: MIT */
#include "jobs.h"

struct spectrum {
    double _Complex peak;
    float _Complex bins[2];
};

/* @job
 * @in by
 * @out same
 */
double _Complex turn(double _Complex value, const float _Complex *by, float _Complex *same);

/* @job
 * @inout values[n]
 * @out return[n] owned
 */
double _Complex *sort(double _Complex *values, int n);

/* @job */
float _Complex mean(struct spectrum of, const double _Complex rows[3][2]);
