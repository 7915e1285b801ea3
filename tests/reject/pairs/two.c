/* SPDX-License-Identifier: MIT */
struct s {
    long x;
};
/* @job */
int g(struct s v);
/* @job(fuel = 4) */
int h(int v);
/* @job */
int f_local(int v);
