/* SPDX-License-Identifier: MIT */
struct s {
    int y;
};
/* @job */
int f(struct s v);
/* @job */
int more(int a);
/* @job */
int other(int a);
/* @job */
long result(int a);
