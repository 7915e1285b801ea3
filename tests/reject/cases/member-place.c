/* SPDX-License-Identifier: MIT */
struct s { int x; int *p; };
/* @job
 * @in s->x[3]
 * @in s.p[2]
 * @in n->p[2]
 */
int f(struct s *s, int n);
/* @job
 * @out s
 * @in s->p[2] owned
 */
int g(struct s *s);
/* expect 4:8 error member-place */
/* expect 5:10 error member-place */
/* expect 6:11 error member-place */
/* expect 11:4 error member-place */
