/* SPDX-License-Identifier: MIT */
/* @job
 * @in v[-3]
 */
int f(const int *v);
/* @job
 * @in v[2 - 2]
 */
int g(const int *v);
/* @job
 * @in v[1 / 0]
 */
int h(const int *v);
/* @job
 * @in v[0]
 */
int i(const int *v);
/* @job
 * @in v[1] optional
 */
int fine(const int *v);
/* expect 3:10 error extent-constant */
/* expect 7:10 error extent-constant */
/* expect 11:10 error extent-constant */
/* expect 15:10 error extent-constant */
