/* SPDX-License-Identifier: MIT */
/* @field v[n] */
enum e { A };
/* @job
 * @field n
 */
int f(int n);
/* @field n
 * @field p->q[2]
 */
struct s { int n; };
/* @job */
int g(const struct s *s);
/* expect 2:4 error field-directive */
/* expect 5:4 error field-directive */
/* expect 8:11 error field-directive */
/* expect 9:14 error field-directive */
