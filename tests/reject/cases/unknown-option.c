/* SPDX-License-Identifier: MIT */
/* @job(memroy = 64M) */
int f(int v);
/* expect 2:9 error unknown-option */
