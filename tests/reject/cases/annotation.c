/* SPDX-License-Identifier: MIT */
/* @job(memory 3) */
int f(int v);
/* @job
 * @in
 */
int g(const int *v);
/* @job(net */
int h(int v);
/* expect 2:16 error annotation */
/* expect 5:7 error annotation */
/* expect 8:8 error annotation */
