/* SPDX-License-Identifier: MIT */
/* @field v[n] */
struct s { int n; };
/* @job
 * @field n
 */
int f(int n);
/* expect 2:1 error field-directive */
/* expect 5:4 error field-directive */
