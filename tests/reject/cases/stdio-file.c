/* SPDX-License-Identifier: MIT */
#include <stdio.h>
/* @job */
int f(FILE *x);
/* @job */
int g(struct _IO_FILE *x);
/* expect 4:13 error stdio-file */
/* expect 6:24 error stdio-file */
