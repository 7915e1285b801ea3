/* SPDX-License-Identifier: MIT */
/* @job */
inline int f(int x) { return x; }
/* @job */
extern inline int g(int x) { return x; }
/* expect 3:12 error inline-job */
