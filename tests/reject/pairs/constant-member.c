/* SPDX-License-Identifier: MIT */
#include "constant-member.h"
/* @job */
void f(fixed *x);
