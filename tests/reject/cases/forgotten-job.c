/* SPDX-License-Identifier: MIT */
/* @out v[n] */
void f(int *v, int n);
/* @job */
int g(int v);
/* As FreeType describes parameters.
 * @inout:
 *   values ::
 *     Some numbers.
 */
int h(int *values);
/* expect 2:4 warning forgotten-job */
