/* SPDX-License-Identifier: MIT */
struct s { struct s *next; };
/* @job */
int f(struct s *x);
struct a;
struct b { struct a *up; };
struct a { struct b *down; };
/* @job */
int g(const struct a *a);
/* expect 4:17 error self-reference */
/* expect 9:23 error self-reference */
