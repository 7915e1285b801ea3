/* SPDX-License-Identifier: MIT */
/* The type is unknown to clang too: its error is told, not ours. */
/* @job */
int f(unknown x);
/* expect 4:7 error clang */
