/* SPDX-License-Identifier: MIT */
/* @job
 * @in vv[n]
 */
int f(const int *v, int n);
/* @job
 * @in v[m]
 */
int g(const int *v, int n);
/* expect 3:8 error unknown-param */
/* expect 7:10 error unknown-param */
