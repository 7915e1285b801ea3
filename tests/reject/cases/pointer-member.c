/* SPDX-License-Identifier: MIT */
struct s { char *text; };
/* @job */
int f(struct s *x);
/* @job */
struct s g(int x);
struct t { struct s *inner; const char **names; };
/* @job
 * @in t->inner
 */
int h(const struct t *t);
/* expect 4:17 error pointer-member */
/* expect 6:10 error pointer-member */
/* expect 11:23 error pointer-member */
/* expect 11:23 error pointer-member */
