/* SPDX-License-Identifier: MIT */
struct s {
    int x;
};
/* @job */
int f(struct s v);
/* @job(fuel = 3) */
int h(int v);
