/* SPDX-License-Identifier: MIT */
/* @job
 * @inuot v[n]
 */
int f(int *v, int n);
/* @job @Out v[n] */
int g(int *v, int n);
/* @job
 * @IN v[n]
 */
int h(int *v, int n);
/* expect 3:4 error unknown-directive */
/* expect 6:9 error unknown-directive */
/* expect 9:4 error unknown-directive */
