/* SPDX-License-Identifier: MIT */
#include <stddef.h>
/* @job */
int f(size_t a);
