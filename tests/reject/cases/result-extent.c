/* SPDX-License-Identifier: MIT */
/* @job
 * @out return owned
 */
char *f(int v);
/* expect 3:4 error result-extent */
