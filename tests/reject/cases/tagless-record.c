/* SPDX-License-Identifier: MIT */
typedef struct { int a; } s;
/* @job */
int f(s x);
/* @job */
int g(const s *x);
/* @job */
s h(int x);
/* expect 4:9 error tagless-record */
/* expect 6:16 error tagless-record */
/* expect 8:3 error tagless-record */
