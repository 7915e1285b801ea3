/* SPDX-License-Identifier: MIT */
/* Linked into tests under TSan only. Criterion maps its arena at an address that it draws with
 * rand_r, of which TSan's memory layout allows very few (0x5500'0000'0000 up to 0x5680'0000'0000).
 * Here all draws are good ones: the arena lies at 2^45 + draw * 2^24. */
#include <stdlib.h>

enum { DRAW_FIRST = 0x350000, DRAW_COUNT = 0x18000 };

int rand_r(unsigned int *seed)
{
    /* The program itself lies in the same range, somewhere: a draw may be refused, so go on. */
    *seed = *seed * 1103515245u + 12345u;
    return DRAW_FIRST + (int)(*seed >> 8) % DRAW_COUNT;
}
