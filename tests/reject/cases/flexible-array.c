/* SPDX-License-Identifier: MIT */
struct s { int n; int a[]; };
/* @job */
int f(struct s x);
/* @job */
int g(struct s *x);
/* expect 4:16 error flexible-array */
/* expect 6:17 error flexible-array */
