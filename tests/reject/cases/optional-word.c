/* SPDX-License-Identifier: MIT */
/* @job
 * @in v[n] optional
 */
int f(const int *v, int n);
/* expect 3:13 error optional-word */
