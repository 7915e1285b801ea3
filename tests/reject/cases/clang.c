/* SPDX-License-Identifier: MIT */
#include "missing.h"
/* @job */
int f(int x);
/* expect 2:10 error clang */
