/* SPDX-License-Identifier: MIT */
/* @job */
int f(void *x);
/* @job
 * @out x
 */
int g(void *x);
/* @job
 * @out return owned
 */
void *h(int n);
/* @job
 * @out *x owned
 */
int i(void **x);
/* @job
 * @out *x owned
 */
int j(char **x);
/* expect 3:13 error pointer-extent */
/* expect 7:13 error pointer-extent */
/* expect 9:4 error result-extent */
/* expect 13:4 error result-extent */
/* expect 17:4 error result-extent */
