/* SPDX-License-Identifier: MIT */
struct s { int x; };
/* @job */
char *f(int v);
/* @job */
struct s *g(int v);
/* @job
 * @out return[n]
 */
int *h(int n);
/* expect 4:7 error borrowed-result */
/* expect 6:11 error borrowed-result */
/* expect 10:6 error borrowed-result */
