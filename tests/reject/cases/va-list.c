/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
/* @job */
int f(va_list x);
struct s { va_list args; };
/* @job */
int g(const struct s *x);
/* expect 4:15 error va-list */
/* expect 7:23 error va-list */
