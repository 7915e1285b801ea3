/* SPDX-License-Identifier: MIT */
/* @job(isolation = warm) */
int f(int v);
/* @job(fuel = -3) */
int g(int v);
/* @job(memory = 0) */
int h(int v);
/* expect 2:21 error option-value */
/* expect 4:16 error option-value */
/* expect 6:18 error option-value */
