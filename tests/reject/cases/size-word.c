/* SPDX-License-Identifier: MIT */
/* @job
 * @in v size(n)
 */
int f(const int *v, int n);
/* @job
 * @in v[n] size(n)
 */
int g(const void *v, int n);
/* @job
 * @in v size(m)
 */
int h(const void *v, int n);
/* expect 3:10 error size-word */
/* expect 7:13 error size-word */
/* expect 11:15 error unknown-param */
