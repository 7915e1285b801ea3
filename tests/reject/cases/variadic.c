/* SPDX-License-Identifier: MIT */
/* @job */
int f(int x, ...);
/* @job */
int g(const char *format, ...) { return 0; }
/* expect 3:5 error variadic */
/* expect 5:5 error variadic */
