/* SPDX-License-Identifier: MIT */
/* @job */
int f(int *(*x)[3]);
/* @job
 * @in x[2][3] string
 */
int g(char *x[2][3]);
/* @job */
int h(double *x[3]);
/* @job
 * @in x[3][n][2]
 */
int i(double (*x[3])[2], int n);
/* expect 3:14 error pointer-array */
/* expect 7:13 error pointer-array */
/* expect 9:15 error pointer-array */
/* expect 13:16 error pointer-array */
