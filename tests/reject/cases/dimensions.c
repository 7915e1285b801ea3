/* SPDX-License-Identifier: MIT */
/* @job */
int f(int n, const int v[n][n][n]);
/* @job
 * @in v[n][n][n]
 */
int g(int n, const int *v);
/* expect 3:24 error dimensions */
/* expect 5:4 error dimensions */
