/* SPDX-License-Identifier: MIT */
struct s { int a : 3; };
/* @job */
int f(struct s x);
/* expect 4:16 error bit-field */
