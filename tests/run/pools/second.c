/* SPDX-License-Identifier: MIT */
/* The jobs of the second program. */
#include <stdint.h>

#include "second_jobs.h"

/* @job */
uint32_t twice(uint32_t a)
{
    return 2 * a;
}

/* @job(isolation = reuse) */
uint32_t twice_again(uint32_t a)
{
    return 2 * a;
}

#ifdef WITH_MAIN
int main(void)
{
    return 7;
}
#endif
