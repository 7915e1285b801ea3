/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include "jobs.h"

/* @job */
uint32_t square(uint32_t a)
{
    return a * a;
}
