/* SPDX-License-Identifier: MIT */
/* @job */
int f(int x, ...);
/* expect 3:5 error variadic */
