/* SPDX-License-Identifier: MIT */
#include "helper.h"
int shared_count = 1;
int second(int v)
{
    return v + shared_count;
}
void count(void)
{
    shared_count++;
}
