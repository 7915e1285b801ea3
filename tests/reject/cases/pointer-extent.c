/* SPDX-License-Identifier: MIT */
/* @job */
int f(int *v);
/* @job */
int g(const double *v, int n);
/* @job */
int h(char *text);
/* @job */
int k(int v[]);
/* @job */
int l(int n, const int v[][n]);
/* expect 3:12 error pointer-extent */
/* expect 5:21 error pointer-extent */
/* expect 7:13 error pointer-extent */
/* expect 9:11 error pointer-extent */
/* expect 11:24 error pointer-extent */
