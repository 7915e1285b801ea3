/* SPDX-License-Identifier: MIT */
/* @job fuel = 3 */
int f(int v);
/* @job counts things */
int g(int v);
/* expect 2:9 error trailing-option */
/* expect 4:9 warning trailing-text */
