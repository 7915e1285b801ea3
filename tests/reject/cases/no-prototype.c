/* SPDX-License-Identifier: MIT */
/* @job */
int f();
/* expect 3:5 error no-prototype */
