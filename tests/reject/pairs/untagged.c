/* SPDX-License-Identifier: MIT */
/* No job in here: it is not parsed. */
/* @jobs */
int f(int v);
/* @in v[n] */
int g(const int *v, int n);
