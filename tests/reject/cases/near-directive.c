/* SPDX-License-Identifier: MIT */
/* @Job */
int a(int v);
/* Squares.
 * @jobs(timeout_ms = 5)
 */
int b(int v);
/* @ job */
int c(int v);
/* Squares a number. @job */
int d(int v);
/* @feild values[count]
 * Some numbers.
 */
struct numbers {
    int count;
    const int *values;
};
/* Words of other tools, and prose:
 * @jobs: how many
 * @jot down
 * @fields of all kinds
 * @yield v[n]
 * who stands behind every @job
 */
int e(int jobs);
/* What is done. @jobs */
int f(int v);
/* @job */
/* @jobs */
int g(int v);
/*-------*
 | @job  |
 *-------*/
int h(int v);
/* - @job(fuel = 1) */
int i(int v);
/* (see @job) */
int j(int v);
/* expect 2:4 warning near-directive */
/* expect 5:4 warning near-directive */
/* expect 8:4 warning near-directive */
/* expect 10:22 warning near-directive */
/* expect 12:4 warning near-directive */
/* expect 33:4 warning near-directive */
/* expect 36:6 warning near-directive */
