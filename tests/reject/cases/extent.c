/* SPDX-License-Identifier: MIT */
extern int elsewhere;
int count(int);
#define TWICE(x) ((x) * 2)
/* @job */
int f(const int v[elsewhere]);
/* @job */
int g(int n, const int v[count(n)]);
/* @job */
int h(int n, const int v[TWICE(n)]);
/* @job */
int k(long n, const int v[(char)n]);
/* @job */
int l(int n, const int v[n << 1]);
/* expect 6:19 error extent */
/* expect 8:26 error extent */
/* expect 10:26 error extent */
/* expect 12:27 error extent */
/* expect 14:26 error extent */
