/* SPDX-License-Identifier: MIT */
/* @job */
int f();
/* @job */
int g() { return 0; }
/* expect 3:5 error no-prototype */
/* expect 5:5 error no-prototype */
