/* SPDX-License-Identifier: MIT */
/* Calls the job from within its library. */
#include "wholes.h"

int call(void);

int call(void)
{
    int noted = -1;
    return (int)whole_local(&noted);
}
