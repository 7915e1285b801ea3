/* SPDX-License-Identifier: MIT */
#define SIZE 4
enum { COUNT = 4 };
/* @job
 * @in v[SIZE]
 */
int f(const int *v);
/* @job
 * @in v[COUNT]
 */
int g(const int *v);
/* expect 5:10 error extent-macro */
