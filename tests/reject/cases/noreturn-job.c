/* SPDX-License-Identifier: MIT */
/* @job */
_Noreturn void f(int x);
/* @job */
__attribute__((noreturn)) void g(int x);
/* @job */
void h(int x) __attribute__((noreturn));
/* @job */
[[noreturn]] void i(int x);
/* expect 3:16 error noreturn-job */
/* expect 5:32 error noreturn-job */
/* expect 7:6 error noreturn-job */
/* expect 9:19 error noreturn-job */
