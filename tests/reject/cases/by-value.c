/* SPDX-License-Identifier: MIT */
/* @job
 * @out v
 */
int f(int v);
/* @job
 * @in v[n]
 */
int g(int v, int n);
/* @job
 * @in v string
 */
int h(int v);
/* expect 3:4 error by-value */
/* expect 7:9 error by-value */
/* expect 11:10 error by-value */
