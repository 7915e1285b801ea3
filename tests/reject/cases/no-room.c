/* SPDX-License-Identifier: MIT */
/* @job
 * @out v[*n]
 * @out n
 */
int f(int *v, int *n);
/* @job
 * @out v[return]
 */
int g(int *v);
/* @job
 * @inout v[*v]
 */
int h(int *v);
/* expect 3:11 error no-room */
/* expect 8:11 error no-room */
/* expect 12:13 error no-room */
