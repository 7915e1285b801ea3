/* SPDX-License-Identifier: MIT */
/* @job
 * @out *v[*n] owned @out n
 */
int f(int *v, int *n);
/* @job
 * @in *v[n] owned
 */
int g(int **v, int n);
/* @job
 * @out *v[n]
 */
int h(int **v, int n);
/* @job
 * @out *v[n] owned
 */
int i(int *const *v, int n);
/* @job
 * @out *return owned
 */
int *j(void);
/* expect 3:10 error star-place */
/* expect 7:4 error star-place */
/* expect 11:10 error star-place */
/* expect 15:10 error star-place */
/* expect 19:10 error star-place */
