/* SPDX-License-Identifier: MIT */
/* @job */
int f(__fp16 *x);
/* expect 3:15 error float16 */
