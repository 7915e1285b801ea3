/* SPDX-License-Identifier: MIT */
/* @job */
/* @job(fuel = 3) */
int f(int v);
/* expect 3:4 error tag-twice */
