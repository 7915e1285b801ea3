/* SPDX-License-Identifier: MIT */
/* @job */
int f(_Float16 *x);
/* expect 3:7 error clang */
/* expect 3:17 error float16 */
