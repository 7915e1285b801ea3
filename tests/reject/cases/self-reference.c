/* SPDX-License-Identifier: MIT */
struct s { struct s *next; };
/* @job */
int f(struct s *x);
/* expect 4:17 error self-reference */
