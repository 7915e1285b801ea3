/* SPDX-License-Identifier: MIT */
/* @job
 * @in v[n]
 * @out v[n]
 */
int f(int *v, int n);
/* @job
 * @in s string string
 */
int g(const char *s);
/* expect 4:9 error described-twice */
/* expect 8:17 error described-twice */
