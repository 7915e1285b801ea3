/* SPDX-License-Identifier: MIT */
/* @job
 * @inuot v[n]
 */
int f(int *v, int n);
/* expect 3:4 error unknown-directive */
