/* SPDX-License-Identifier: MIT */
/* LAPACKE: matrices as the library takes them, and as C99 writes them. */
#include "lapacke_jobs.h"

#include "forms.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Solves a x = b for each column of b; a becomes its factors, b becomes x.
 *
 * @job
 * @inout a[n * lda] @out ipiv[n] @inout b[n * ldb]
 */
lapack_int LAPACKE_dgesv(int matrix_layout, lapack_int n, lapack_int nrhs, double *a,
                         lapack_int lda, lapack_int *ipiv, double *b, lapack_int ldb);

/* The same for one right-hand side; the matrix stays as it is. C99 knows its extents.
 *
 * @job
 * @out x[n]
 */
int solve(int n, const double a[n][n], const double b[n], double x[n])
{
    double factors[n * n];
    lapack_int pivots[n];
    memcpy(factors, a, sizeof factors);
    memcpy(x, b, (size_t)n * sizeof *x);
    return LAPACKE_dgesv(LAPACK_ROW_MAJOR, n, 1, factors, n, pivots, x, 1);
}

/* Eigenvalues, ascending, and vectors of a symmetric matrix.
 *
 * @job
 * @inout a[n * lda] @out w[n]
 */
lapack_int LAPACKE_dsyev(int matrix_layout, char jobz, char uplo, lapack_int n, double *a,
                         lapack_int lda, double *w);

CALLS(LAPACKE_dgesv, a->matrix_layout, a->n, a->nrhs, a->a, a->lda, a->ipiv, a->b, a->ldb)
CALLS(LAPACKE_dsyev, a->matrix_layout, a->jobz, a->uplo, a->n, a->a, a->lda, a->w)
CALLS(solve, a->n, (const double (*)[a->n])a->a, a->b, a->x)

enum { SIZES = 4, MOST = 12, COLUMNS = 3 };

/* A matrix that is not singular, symmetric if wanted. */
static void fill(int n, double *ret_a, bool is_symmetric)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            ret_a[i * n + k] =
                is_symmetric ? 1.0 / (1 + i + k) : sin(1 + i * n + k) + (i == k ? n : 0);
}

static void systems(enum form form, struct notes *notes)
{
    double a[SIZES][MOST * MOST], b[SIZES][MOST * COLUMNS];
    int pivots[SIZES][MOST];
    struct LAPACKE_dgesv_args args[SIZES];
    struct LAPACKE_dgesv_result results[SIZES];
    UNSET(pivots, form);
    for (int i = 0; i < SIZES; i++) {
        int n = MOST - 3 * i;
        fill(n, a[i], false);
        for (int k = 0; k < n * COLUMNS; k++)
            b[i][k] = k;
        args[i] = (struct LAPACKE_dgesv_args){LAPACK_ROW_MAJOR, n,    COLUMNS, a[i], n,
                                              pivots[i],        b[i], COLUMNS};
    }
    LAPACKE_dgesv_calls(form, args, SIZES, results);
    for (int i = 0; i < SIZES; i++) {
        size_t n = (size_t)args[i].n;
        EXPECT(results[i].value == 0);
        note(notes, a[i], n * n * sizeof(double));
        note(notes, b[i], n * COLUMNS * sizeof(double));
        note(notes, pivots[i], n * sizeof(int));
    }
}

static void solutions(enum form form, struct notes *notes)
{
    double a[SIZES][MOST * MOST], b[SIZES][MOST], x[SIZES][MOST];
    struct solve_args args[SIZES];
    struct solve_result results[SIZES];
    UNSET(x, form);
    for (int i = 0; i < SIZES; i++) {
        int n = MOST - 3 * i;
        fill(n, a[i], false);
        for (int k = 0; k < n; k++)
            b[i][k] = k - 3;
        args[i] = (struct solve_args){n, a[i], b[i], x[i]};
    }
    /* A singular matrix has no solution, and dgesv says so. */
    memset(a[1], 0, sizeof a[1]);
    solve_calls(form, args, SIZES, results);
    for (int i = 0; i < SIZES; i++) {
        EXPECT((results[i].value == 0) == (i != 1));
        NOTE(notes, results[i].value);
        note(notes, x[i], (size_t)args[i].n * sizeof(double));
    }
    double residue = -b[0][0];
    for (int k = 0; k < MOST; k++)
        residue += a[0][k] * x[0][k];
    EXPECT(fabs(residue) < 1e-9);
}

static void eigenvalues(enum form form, struct notes *notes)
{
    double a[SIZES][MOST * MOST], w[SIZES][MOST];
    struct LAPACKE_dsyev_args args[SIZES];
    struct LAPACKE_dsyev_result results[SIZES];
    UNSET(w, form);
    for (int i = 0; i < SIZES; i++) {
        int n = MOST - 3 * i;
        fill(n, a[i], true);
        args[i] = (struct LAPACKE_dsyev_args){
            LAPACK_COL_MAJOR, i == 1 ? 'N' : 'V', 'U', n, a[i], n, w[i]};
    }
    LAPACKE_dsyev_calls(form, args, SIZES, results);
    for (int i = 0; i < SIZES; i++) {
        size_t n = (size_t)args[i].n;
        EXPECT(results[i].value == 0 && w[i][0] > 0 && w[i][n - 1] > 1);
        note(notes, a[i], n * n * sizeof(double));
        note(notes, w[i], n * sizeof(double));
    }
}

int main(void)
{
    static const struct check checks[] = {
        {"dgesv with rows", systems},
        {"dgesv behind a C99 signature", solutions},
        {"dsyev with columns", eigenvalues},
    };
    return check_all(checks, sizeof checks / sizeof *checks);
}
