/* SPDX-License-Identifier: MIT */
struct s;
/* @job */
int f(struct s *x);
/* expect 4:17 error opaque-record */
