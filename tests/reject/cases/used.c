/* SPDX-License-Identifier: MIT */
/* @job
 * @in v[n] used(n)
 */
int f(const int *v, int n);
/* @job
 * @out v used(n)
 */
int g(int *v, int n);
/* @job
 * @out return[n] used(n) owned
 */
int *h(int n);
/* @job
 * @out v[n] string used(n)
 */
int k(char *v, int n);
/* expect 3:13 error used */
/* expect 7:11 error used */
/* expect 11:19 error used */
/* expect 15:21 error used */
