/* SPDX-License-Identifier: MIT */
/* @job */
int f(int x) __asm__("other");
/* expect 3:5 error asm-label */
