/* SPDX-License-Identifier: MIT */
/* What is named like something generated is no error of clang's yet. */
/* @job */
int f(int v);
/* @job */
int g(f_number v);
/* expect 6:5 error declaration */
