/* SPDX-License-Identifier: MIT */
typedef float v4 __attribute__((vector_size(16)));
/* @job */
int f(v4 x);
/* expect 4:10 error vector */
