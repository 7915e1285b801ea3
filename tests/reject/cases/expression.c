/* SPDX-License-Identifier: MIT */
/* @job
 * @in v[n + ]
 */
int f(const int *v, int n);
/* @job
 * @in v[n
 */
int g(const int *v, int n);
/* expect 3:14 error expression */
/* expect 8:2 error expression */
