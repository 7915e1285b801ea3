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
char *i(void);
/* @job
 * @out *v[3] string owned
 */
int j(char **v);
/* @job
 * @in v string
 */
int k(char **v);
/* @job
 * @inout v[n] string
 */
int l(char **v, int n);
/* @job
 * @in v[n][2] string
 */
int m(char **v, int n);
/* @job
 * @in v[n] string
 */
int o(int **v, int n);
/* @job
 * @out v[n] string owned
 */
int q(char **v, int n);
/* The way out. */
struct text { char *v; };
/* @job
 * @out texts[n]
 * @out texts->v string owned
 */
int r(struct text *texts, int n);
/* expect 3:10 error string */
/* expect 7:9 error string */
/* expect 11:11 error string */
/* expect 15:15 error string */
/* expect 19:11 error string */
/* expect 23:10 error string */
/* expect 27:4 error string */
/* expect 31:12 error string */
/* expect 35:13 error string */
/* expect 39:4 error string */
