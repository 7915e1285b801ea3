/* SPDX-License-Identifier: MIT */
struct s { const char *text; int n; };
/* @job */
int f(const struct s *s);
/* @job
 * @in s->text
 */
int g(const struct s *s);
struct t { double *rows[2]; };
/* @job */
int h(const struct t *t);
struct u { double (*rows)[2]; };
/* @job */
int i(const struct u *u);
/* expect 4:23 error string-or-bytes */
/* expect 6:8 error string-or-bytes */
/* expect 11:23 error pointer-array */
/* expect 14:23 error pointer-array */
