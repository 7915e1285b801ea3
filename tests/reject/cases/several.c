/* SPDX-License-Identifier: MIT */
/* All that is wrong with a job is told at once, but for what may only follow from something told. */
struct s {
    int n;
    double *p;
    int (*choose)(int);
};
struct t {
    int n;
    double *p;
};
union u;
/* @job(memroy = 5M)
 * @in a[n
 * @out b[n]
 * @in c[n] strng
 */
int f(const int *a, int *b, const char *c, int n, int *lone, const char *text, int length,
      struct s *s, union u *u, void *bytes);
/* @job
 * @in a[x]
 * @out b[s->n]
 */
int g(const int *a, int *b, int *lone, struct s *s);
/* @job */
int h(int *lone, struct t *t, union u *u);
/* Which of them the unknown line describes, nobody knows.
 * @job
 * @in values[n]
 * @out b[n] sting
 */
int i(int *lone, int *b, int n, long double l);
/* @job */
static int j(int *lone, union u *u);
/* expect 13:9 error unknown-option */
/* expect 15:4 error expression */
/* expect 16:13 error unknown-word */
/* expect 18:56 error pointer-extent */
/* expect 18:74 error string-or-bytes */
/* expect 19:17 error function-pointer */
/* expect 19:29 error union */
/* expect 19:38 error pointer-extent */
/* expect 21:10 error unknown-param */
/* expect 24:34 error pointer-extent */
/* expect 24:50 error function-pointer */
/* expect 26:12 error pointer-extent */
/* expect 26:28 error pointer-member */
/* expect 26:40 error union */
/* expect 29:8 error unknown-param */
/* expect 30:14 error unknown-word */
/* expect 32:45 error long-double */
/* expect 34:12 error static-job */
/* expect 34:19 error pointer-extent */
/* expect 34:34 error union */
