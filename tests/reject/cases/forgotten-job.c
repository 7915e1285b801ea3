/* SPDX-License-Identifier: MIT */
/* @out v[n] */
void f(int *v, int n);
/* @job */
int g(int v);
/* expect 2:4 warning forgotten-job */
