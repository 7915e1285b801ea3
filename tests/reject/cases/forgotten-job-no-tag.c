/* SPDX-License-Identifier: MIT */
/* @out v[n] */
void f(int *v, int n);
/* The @out is for
 * @in reading */
int x;
/* expect 2:4 warning forgotten-job */
