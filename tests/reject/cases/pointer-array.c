/* SPDX-License-Identifier: MIT */
/* @job */
int f(int *(*x)[3]);
/* expect 3:14 error pointer-array */
