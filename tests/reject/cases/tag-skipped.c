/* SPDX-License-Identifier: MIT */
#if 0
/* @job */
int f(int v);
#endif
/* @job */
int g(int v);
/* expect 3:4 warning tag-skipped */
