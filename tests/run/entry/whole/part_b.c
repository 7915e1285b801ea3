/* SPDX-License-Identifier: MIT */
/* A part of the program that has to be set up. */
#include "whole.h"

__attribute__((constructor)) static void set_up(void)
{
    note(NOTED_B);
}
