/* SPDX-License-Identifier: MIT */
/* FFTW: plans stay inside the job; a matrix of complex numbers goes in and comes out. */
#include "fftw_jobs.h"

#include "forms.h"

#include <complex.h>
#include <fftw3.h>
#include <math.h>

/* @job
 * @out spectrum[n / 2 + 1]
 */
void spectrum_of(int n, const double signal[n], double _Complex *spectrum)
{
    double copy[n];
    fftw_plan plan = fftw_plan_dft_r2c_1d(n, copy, spectrum, FFTW_ESTIMATE);
    memcpy(copy, signal, sizeof copy);
    fftw_execute(plan);
    fftw_destroy_plan(plan);
}

/* In place; sign is FFTW_FORWARD or FFTW_BACKWARD.
 *
 * @job
 */
void transform(int rows, int columns, double _Complex image[rows][columns], int sign)
{
    double _Complex *cells = &image[0][0];
    fftw_plan plan = fftw_plan_dft_2d(rows, columns, cells, cells, sign, FFTW_ESTIMATE);
    fftw_execute(plan);
    fftw_destroy_plan(plan);
}

/* Real to real, of the kinds FFTW has.
 *
 * @job
 * @out out[n]
 */
void real_transform(int n, const double in[n], double out[n], fftw_r2r_kind kind)
{
    double copy[n];
    fftw_plan plan = fftw_plan_r2r_1d(n, copy, out, kind, FFTW_ESTIMATE);
    memcpy(copy, in, sizeof copy);
    fftw_execute(plan);
    fftw_destroy_plan(plan);
}

CALLS_VOID(spectrum_of, a->n, a->signal, a->spectrum)
CALLS_VOID(transform, a->rows, a->columns, (double _Complex (*)[a->columns])a->image, a->sign)
CALLS_VOID(real_transform, a->n, a->in, a->out, a->kind)

enum { COUNT = 3, MOST = 48 };

static void spectra(enum form form, struct notes *notes)
{
    double signal[MOST];
    double _Complex spectra[COUNT][MOST / 2 + 1];
    struct spectrum_of_args args[COUNT];
    struct spectrum_of_result results[COUNT];
    UNSET(spectra, form);
    for (int i = 0; i < MOST; i++)
        signal[i] = sin(0.7 * i) + i % 3;
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct spectrum_of_args){MOST - 7 * i, signal, spectra[i]};
    spectrum_of_calls(form, args, COUNT, results);
    EXPECT(creal(spectra[0][0]) > 40 && fabs(cimag(spectra[0][0])) < 1e-9);
    for (int i = 0; i < COUNT; i++)
        note(notes, spectra[i], (size_t)(args[i].n / 2 + 1) * sizeof(double _Complex));
}

static void images(enum form form, struct notes *notes)
{
    enum { ROWS = 6, COLUMNS = 8, CELLS = ROWS * COLUMNS };
    double _Complex cells[COUNT][CELLS];
    struct transform_args args[COUNT];
    struct transform_result results[COUNT];
    for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < CELLS; k++)
            cells[i][k] = k % 5 - i - 0.5 * k * I;
        args[i] = (struct transform_args){ROWS - i, COLUMNS - i, cells[i], FFTW_FORWARD};
    }
    transform_calls(form, args, COUNT, results);
    note(notes, cells, sizeof cells);
    for (int i = 0; i < COUNT; i++)
        args[i].sign = FFTW_BACKWARD;
    transform_calls(form, args, COUNT, results);
    note(notes, cells, sizeof cells);
    EXPECT(cabs(cells[0][6] - CELLS * (1 - 3 * I)) < 1e-9);
}

static void real_transforms(enum form form, struct notes *notes)
{
    static const fftw_r2r_kind kinds[COUNT] = {FFTW_R2HC, FFTW_REDFT10, FFTW_RODFT00};
    double in[MOST], out[COUNT][MOST];
    struct real_transform_args args[COUNT];
    struct real_transform_result results[COUNT];
    UNSET(out, form);
    for (int i = 0; i < MOST; i++)
        in[i] = cos(0.3 * i) - 1e-310 * i;
    for (int i = 0; i < COUNT; i++)
        args[i] = (struct real_transform_args){MOST - i, in, out[i], kinds[i]};
    real_transform_calls(form, args, COUNT, results);
    for (int i = 0; i < COUNT; i++)
        note(notes, out[i], (size_t)args[i].n * sizeof(double));
}

int main(void)
{
    static const struct check checks[] = {{"spectra of real signals", spectra},
                                          {"images there and back", images},
                                          {"real transforms", real_transforms}};
    return check_all(checks, sizeof checks / sizeof *checks);
}
