/* SPDX-License-Identifier: MIT */
/* @job */
int f(double _Complex x);
/* expect 3:23 error complex */
