/* SPDX-License-Identifier: MIT */
/* @field pp[n] */
struct s { int n; int *p; };
/* @job
 * @in s->q[2]
 */
int f(const struct s *s);
/* @field p[n]
 * @field p[2]
 */
struct t { int n; int *p; };
/* @job */
int g(const struct t *t);
struct u { int n; int *p; };
/* @job
 * @in u->p[u->m]
 */
int h(const struct u *u);
/* @job
 * @in u->p[2] @in u->p[3]
 */
int i(const struct u *u);
/* @field p[k] */
struct v { int n; int *p; };
/* @job */
int j(const struct v *v);
/* expect 2:11 error unknown-member */
/* expect 5:11 error unknown-member */
/* expect 9:11 error described-twice */
/* expect 16:13 error unknown-member */
/* expect 20:20 error described-twice */
/* expect 23:13 error unknown-member */
