/* SPDX-License-Identifier: MIT */
typedef struct { int a; } s;
/* @job */
int f(s x);
/* Accepted: callers see const void *.
 * @job */
int g(const s *x);
/* @job */
s h(int x);
typedef struct { int a; } *p;
/* @job */
int i(p x);
struct { int a; } v;
/* @job */
int j(__typeof__(v) *x);
/* expect 4:9 error tagless-record */
/* expect 9:3 error tagless-record */
/* expect 12:9 error tagless-record */
/* expect 15:22 error tagless-record */
