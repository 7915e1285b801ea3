/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
/* @job */
int f(jmp_buf x);
/* expect 4:15 error jmp-buf */
