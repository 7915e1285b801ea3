/* SPDX-License-Identifier: MIT */
/* @job(fuel = 3) */
int f(int v);
/* @job(fuel = 4) */
int f(int v) { return v; }
/* @job(fuel = 3) */
int g(int v);
/* @job(fuel = 3) */
int g(int v) { return v; }
/* expect 4:4 error tag-differs */
