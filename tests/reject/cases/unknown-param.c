/* SPDX-License-Identifier: MIT */
/* @job
 * @in vv[n]
 */
int f(const int *v, int n);
/* @job
 * @in v[m]
 */
int g(const int *v, int n);
struct list { int count; int *items; };
/* @job
 * @in s->items[count]
 */
int h(struct list *s);
/* @job
 * @in s.items[count]
 */
int k(struct list s);
/* expect 3:8 error unknown-param */
/* expect 7:10 error unknown-param */
/* expect 12:17 error unknown-param */
/* expect 16:16 error unknown-param */
