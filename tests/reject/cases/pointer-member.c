/* SPDX-License-Identifier: MIT */
struct s { char *text; };
/* @job */
int f(struct s *x);
/* @job */
struct s g(int x);
/* expect 4:17 error pointer-member */
/* expect 6:10 error pointer-member */
