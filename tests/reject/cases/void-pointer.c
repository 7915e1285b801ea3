/* SPDX-License-Identifier: MIT */
/* @job */
int f(void *x);
/* @job
 * @in x[n]
 */
int g(const void *x, int n);
/* @job
 * @out return[n] owned
 */
void *h(int n);
/* expect 3:13 error void-pointer */
/* expect 7:19 error void-pointer */
/* expect 11:7 error void-pointer */
