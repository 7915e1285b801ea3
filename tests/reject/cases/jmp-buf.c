/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
/* @job */
int f(jmp_buf x);
/* @job */
int g(sigjmp_buf x);
struct s { jmp_buf back; };
/* @job */
int h(struct s *x);
/* expect 4:15 error jmp-buf */
/* expect 6:18 error jmp-buf */
/* expect 9:17 error jmp-buf */
