/* SPDX-License-Identifier: MIT */
/* @job */
int f(long double _Complex x);
/* @job */
int g(const int _Complex *x);
/* expect 3:28 error complex */
/* expect 5:27 error complex */
