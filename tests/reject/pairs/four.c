/* SPDX-License-Identifier: MIT */
enum number { ONE };
/* @job */
int more(int a, int b);
/* @job */
int other(long a);
/* @job */
int result(int a);
