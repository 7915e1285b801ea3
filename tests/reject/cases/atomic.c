/* SPDX-License-Identifier: MIT */
/* @job */
int f(_Atomic int x);
/* @job */
int g(_Atomic int *x);
/* expect 3:19 error atomic */
/* expect 5:20 error atomic */
