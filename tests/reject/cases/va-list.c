/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
/* @job */
int f(va_list x);
/* expect 4:15 error va-list */
