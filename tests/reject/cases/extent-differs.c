/* SPDX-License-Identifier: MIT */
/* @job
 * @in v[4]
 */
int f(const int v[5]);
/* @job
 * @in v[n][n]
 */
int g(int n, const int v[n]);
/* @job
 * @in v[m][n]
 */
int h(int m, int n, const int v[n][m]);
/* expect 3:9 error extent-differs */
/* expect 7:9 error extent-differs */
/* expect 11:9 error extent-differs */
