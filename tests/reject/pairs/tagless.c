/* SPDX-License-Identifier: MIT */
#include "tagless.h"
/* @job */
int f(rec r);
