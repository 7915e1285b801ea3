/* SPDX-License-Identifier: MIT */
/* @job */
static int f(int x) { return x; }
static /* @job */ int g(int x) { return x; }
static int h(int x);
/* @job */
int h(int x) { return x; }
/* expect 3:12 error static-job */
/* expect 4:23 error static-job */
/* expect 7:5 error static-job */
