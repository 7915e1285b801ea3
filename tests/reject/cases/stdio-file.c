/* SPDX-License-Identifier: MIT */
#include <stdio.h>
/* @job */
int f(FILE *x);
/* @job */
int g(struct _IO_FILE *x);
struct s { int a; FILE *log; };
/* @job */
int h(const struct s *x);
/* @job */
FILE *k(int x);
/* expect 4:13 error stdio-file */
/* expect 6:24 error stdio-file */
/* expect 9:23 error stdio-file */
/* expect 11:7 error stdio-file */
