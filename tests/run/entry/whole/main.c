/* SPDX-License-Identifier: MIT */
/* Calls both jobs and prints "whole: STATUS NOTED, other: STATUS VALUE". */
#include <stdio.h>

#include "others.h"
#include "whole.h"
#include "wholes.h"

int main(void)
{
    int noted = -1, value = -1;
    note(NOTED_MAIN);
    jg_status first = whole_local(&noted);
    jg_status second = other_local(41, &value);
    printf("whole: %d %d, other: %d %d\n", first, noted, second, value);
    return 0;
}
