/* SPDX-License-Identifier: MIT */
#include "helper.h"
/* @job */
int reach(int v)
{
    return first(v);
}
