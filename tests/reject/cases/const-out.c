/* SPDX-License-Identifier: MIT */
/* @job
 * @out v[n]
 */
int f(const int *v, int n);
/* @job
 * @inout v[n]
 */
int g(const int *v, int n);
struct s { int a; };
/* @job
 * @out s
 */
int h(const struct s *s);
/* expect 3:4 error const-out */
/* expect 7:4 error const-out */
/* expect 12:4 error const-out */
