/* SPDX-License-Identifier: MIT */
struct s {};
/* @job */
int f(struct s x);
/* expect 4:16 error empty-record */
