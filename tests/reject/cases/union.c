/* SPDX-License-Identifier: MIT */
union u { int a; };
/* @job */
int f(union u x);
/* @job */
int g(union u *x);
struct s { union u u; };
/* @job */
int h(struct s x);
struct t { int kind; union { int a; float b; }; };
/* @job */
int i(const struct t *x);
/* expect 4:15 error union */
/* expect 6:16 error union */
/* expect 9:16 error union */
/* expect 12:23 error union */
