/* SPDX-License-Identifier: MIT */
/* @job */
int f(long double x);
/* @job */
long double g(int x);
/* expect 3:19 error long-double */
/* expect 5:13 error long-double */
