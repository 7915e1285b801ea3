/* SPDX-License-Identifier: MIT */
#include <stdint.h>
/* @job */
int f(intptr_t x);
/* expect 4:16 warning address */
