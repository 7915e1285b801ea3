/* SPDX-License-Identifier: MIT */
struct s { int n; int *p; const char *name; };
/* @job
 * @out s
 * @out s->p[s->n]
 * @out s->name string owned
 */
void f(struct s *s);
/* @job
 * @out return.p[return.n] owned
 */
struct s g(int n);
/* @job
 * @inout s->p[return]
 * @in s->name string
 */
int h(struct s *s);
/* @job
 * @out n
 * @out s->p[*n]
 */
int i(struct s *s, int *n);
/* expect 5:9 error no-room */
/* expect 12:10 error no-room */
/* expect 14:16 error no-room */
/* expect 20:14 error no-room */
