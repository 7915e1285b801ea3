/* SPDX-License-Identifier: MIT */
/* @job
 * @in v sting
 */
int f(const char *v);
/* @job
 * @in v[n] the values
 */
int g(const int *v, int n);
/* expect 3:10 error unknown-word */
/* expect 7:13 error unknown-word */
