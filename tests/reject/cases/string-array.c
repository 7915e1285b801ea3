/* SPDX-License-Identifier: MIT */
/* @job */
int f(char **x);
/* @job */
int g(const char *const x[3]);
/* expect 3:14 error string-array */
/* expect 5:25 error pointer-array */
