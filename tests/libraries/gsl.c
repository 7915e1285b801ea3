/* SPDX-License-Identifier: MIT */
/* GSL: arrays with strides, structs by value that hold arrays, several results of one call. */
#include "gsl_jobs.h"

#include "forms.h"

#include <gsl/gsl_complex_math.h>
#include <gsl/gsl_poly.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

/* @job
 * @in data[stride * n]
 */
double gsl_stats_variance(const double data[], const size_t stride, const size_t n);

/* @job
 * @out x0 @out x1 @out x2
 */
int gsl_poly_solve_cubic(double a, double b, double c, double *x0, double *x1, double *x2);

/* @job
 * @in c[len]
 */
gsl_complex gsl_poly_complex_eval(const double c[], const int len, const gsl_complex z);

CALLS(gsl_stats_variance, a->data, a->stride, a->n)
CALLS(gsl_poly_solve_cubic, a->a, a->b, a->c, a->x0, a->x1, a->x2)
CALLS_RECORD(gsl_poly_complex_eval, a->c, a->len, *a->z)

enum { COUNT = 3 };

static void variances(enum form form, struct notes *notes)
{
    double data[60];
    struct gsl_stats_variance_args args[COUNT];
    struct gsl_stats_variance_result results[COUNT];
    for (int i = 0; i < 60; i++)
        data[i] = sqrt(i);
    for (size_t i = 0; i < COUNT; i++)
        args[i] = (struct gsl_stats_variance_args){data, 1 + i, 60 / (1 + i)};
    gsl_stats_variance_calls(form, args, COUNT, results);
    for (size_t i = 0; i < COUNT; i++)
        NOTE(notes, results[i].value);
}

/* With three solutions, and with one: what a job does not write of an @out is zero. */
static void cubics(enum form form, struct notes *notes)
{
    double x[2][3] = {{0}};
    const struct gsl_poly_solve_cubic_args args[2] = {{-6, 11, -6, &x[0][0], &x[0][1], &x[0][2]},
                                                      {0, 1, 1, &x[1][0], &x[1][1], &x[1][2]}};
    struct gsl_poly_solve_cubic_result results[2];
    gsl_poly_solve_cubic_calls(form, args, 2, results);
    EXPECT(results[0].value == 3 && results[1].value == 1 && fabs(x[0][2] - 3) < 1e-9);
    NOTE(notes, x);
}

static void polynomials(enum form form, struct notes *notes)
{
    static const double c[] = {1, -2, 0.5, 3};
    const gsl_complex z[COUNT] = {{{0, 1}}, {{-2.5, 0.25}}, {{1e300, NAN}}};
    gsl_complex values[COUNT];
    struct gsl_poly_complex_eval_args args[COUNT];
    struct gsl_poly_complex_eval_result results[COUNT];
    for (int i = 0; i < COUNT; i++) {
        args[i] = (struct gsl_poly_complex_eval_args){c, 1 + i, &z[i]};
        results[i].value = &values[i];
    }
    gsl_poly_complex_eval_calls(form, args, COUNT, results);
    EXPECT(GSL_REAL(values[0]) == 1 && GSL_IMAG(values[1]) == -0.5);
    NOTE(notes, values);
}

int main(void)
{
    static const struct check checks[] = {
        {"variances", variances}, {"cubics", cubics}, {"polynomials", polynomials}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
