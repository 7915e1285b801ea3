/* SPDX-License-Identifier: MIT */
#include <stdint.h>
/* @job */
int f(intptr_t x);
struct s { intptr_t plain; uintptr_t many[2]; };
/* @job */
int g(struct s a, const struct s *b);
/* expect 4:16 warning address */
/* expect 5:21 warning address */
/* expect 5:38 warning address */
