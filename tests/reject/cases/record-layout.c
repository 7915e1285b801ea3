/* SPDX-License-Identifier: MIT */
struct s { char a; int b : 3 __attribute__((aligned(16))); };
/* @job */
int f(struct s x);
/* expect 4:16 error record-layout */
