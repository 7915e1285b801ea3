/* SPDX-License-Identifier: MIT */
struct s { double d; };
/* @job
 * @in v[d]
 */
int f(const int *v, double d);
/* @job
 * @in v[n]
 * @inout n
 */
int g(const int *v, int *n);
/* @job
 * @in v[s->d]
 */
int h(const int *v, struct s *s);
/* @job
 * @out v[n] used(return)
 */
double k(int *v, int n);
/* @job
 * @in v[*n]
 */
int l(const int *v, int n);
struct in { int n; };
struct out { struct in *in; struct in by_value; };
/* @job
 * @in v[o->in->n]
 * @in w[o->by_value->n]
 * @in x[o->by_value.m]
 * @in o->in
 */
int m(const int *v, const int *w, const int *x, const struct out *o);
/* @job
 * @out v[n] used(return.n)
 */
struct in n(int *v, int n);
/* expect 4:10 error extent-type */
/* expect 8:10 error extent-type */
/* expect 13:10 error extent-type */
/* expect 17:19 error extent-type */
/* expect 21:10 error extent-type */
/* expect 27:10 error extent-type */
/* expect 28:10 error extent-type */
/* expect 29:10 error unknown-member */
/* expect 34:19 error extent-type */
