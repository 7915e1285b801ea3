/* SPDX-License-Identifier: MIT */
/* @job
 * @in return
 */
int f(int v);
/* @job
 * @out return[n] owned
 */
void g(int n);
/* expect 3:4 error result-direction */
/* expect 7:9 error result-direction */
