/* SPDX-License-Identifier: MIT */
typedef int (*callback)(int);
struct s { callback c; };
/* @job */
int f(callback x);
/* @job */
int g(int x(int));
/* @job */
int h(struct s x);
/* @job */
callback k(int x);
/* expect 5:16 error function-pointer */
/* expect 7:11 error function-pointer */
/* expect 9:16 error function-pointer */
/* expect 11:10 error function-pointer */
