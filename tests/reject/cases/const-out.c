/* SPDX-License-Identifier: MIT */
/* @job
 * @out v[n]
 */
int f(const int *v, int n);
/* expect 3:4 error const-out */
