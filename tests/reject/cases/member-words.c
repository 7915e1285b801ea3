/* SPDX-License-Identifier: MIT */
struct s { int n; int *p; const int *c; };
/* @job
 * @in s->p[2] owned
 * @out s->c[2]
 */
int f(struct s *s);
/* @job
 * @out s->p[2] owned
 * @in s->c[2] used(1)
 */
int g(const struct s *s);
struct t { char *text; char **names; int **rows; void *v; };
/* @job
 * @in t->text[3] string
 * @in t->names string
 * @in t->rows[3]
 * @in t->v
 */
int h(const struct t *t);
/* @job
 * @out t->text string
 * @inout t->names[2] string
 * @in t->rows[2]
 * @in t->v[2] size(3)
 */
int i(struct t *t);
struct u { int n; int *p; double *d; };
/* @job
 * @in u->p string
 * @in u->d size(2)
 */
int j(const struct u *u);
/* @job
 * @in u->p[2]
 * @in u->d[u->d]
 */
int k(const struct u *u);
/* @job
 * @in u->p[2]
 * @in u->d[o->n]
 */
int l(const struct u *u, const struct u *o);
/* @job
 * @in u->p[0]
 * @in u->d[*a]
 */
int m(const struct u *u, const int a[2]);
/* expect 4:16 error owned */
/* expect 5:9 error const-out */
/* expect 9:17 error owned */
/* expect 10:16 error used */
/* expect 15:15 error string */
/* expect 16:8 error pointer-extent */
/* expect 17:8 error pointer-to-pointer */
/* expect 18:8 error pointer-extent */
/* expect 22:17 error string */
/* expect 23:11 error string */
/* expect 24:8 error pointer-to-pointer */
/* expect 25:16 error size-word */
/* expect 30:13 error string */
/* expect 31:13 error size-word */
/* expect 36:13 error extent-type */
/* expect 41:13 error extent-type */
/* expect 43:42 error pointer-member */
/* expect 43:42 error pointer-member */
/* expect 45:13 error extent-constant */
/* expect 46:13 error extent-type */
