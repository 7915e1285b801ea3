/* SPDX-License-Identifier: MIT */
/* @job
 * @in v size(n)
 */
int f(const int *v, int n);
/* expect 3:10 error size-word */
