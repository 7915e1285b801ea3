/* SPDX-License-Identifier: MIT */
union u { int a; };
/* @job */
int f(union u x);
/* @job */
int g(union u *x);
struct s { union u u; };
/* @job */
int h(struct s x);
/* expect 4:15 error union */
/* expect 6:16 error union */
/* expect 9:16 error union */
