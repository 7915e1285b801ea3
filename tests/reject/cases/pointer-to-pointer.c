/* SPDX-License-Identifier: MIT */
/* @job */
int f(int **x);
/* expect 3:13 error pointer-to-pointer */
