/* SPDX-License-Identifier: MIT */
/* @job */
int f(unknown x);
/* expect 3:5 error declaration */
/* expect 3:7 error clang */
