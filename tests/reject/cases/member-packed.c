/* SPDX-License-Identifier: MIT */
/* @field v[n] */
struct vector { int n; double *v; };
struct outer { char c; struct vector v; } __attribute__((packed));
/* @job */
int f(const struct outer *o);
/* expect 6:27 error record-layout */
