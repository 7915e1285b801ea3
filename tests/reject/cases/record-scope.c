/* SPDX-License-Identifier: MIT */
/* @job */
int f(struct s { int a; } x);
/* expect 3:27 error record-scope */
