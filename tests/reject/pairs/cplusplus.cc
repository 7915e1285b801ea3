// SPDX-License-Identifier: MIT
/* @job */
extern "C" int f(int v);
