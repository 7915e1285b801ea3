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
/* expect 4:10 error extent-type */
/* expect 8:10 error extent-type */
/* expect 13:10 error extent-type */
/* expect 17:19 error extent-type */
/* expect 21:10 error extent-type */
