/* SPDX-License-Identifier: MIT */
/* @job
 * @out v[n] owned
 */
int f(int *v, int n);
/* expect 3:14 error owned */
