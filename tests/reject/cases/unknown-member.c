/* SPDX-License-Identifier: MIT */
struct s { int len; };
/* @job
 * @in v[s->lne]
 */
int f(const int *v, struct s *s);
/* expect 4:10 error unknown-member */
