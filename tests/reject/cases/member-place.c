/* SPDX-License-Identifier: MIT */
struct s { int x; };
/* @job
 * @in s->x[3]
 */
int f(struct s *s);
/* expect 4:9 error member-place */
