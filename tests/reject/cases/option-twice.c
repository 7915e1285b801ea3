/* SPDX-License-Identifier: MIT */
/* @job(fuel = 1, fuel = 2) */
int f(int v);
/* expect 2:19 error option-twice */
