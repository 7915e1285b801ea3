/* SPDX-License-Identifier: MIT */
struct s { struct { int a; }; };
/* @job */
int f(struct s x);
/* expect 4:16 error anonymous-member */
