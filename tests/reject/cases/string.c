/* SPDX-License-Identifier: MIT */
/* @job
 * @in v string
 */
int f(const int *v);
/* @job
 * @in v[n] string
 */
int g(const char *v, int n);
/* @job
 * @out v string
 */
int h(char *v);
/* @job
 * @out return[3] string owned
 */
char *k(int v);
/* expect 3:10 error string */
/* expect 7:9 error string */
/* expect 11:11 error string */
/* expect 15:15 error string */
