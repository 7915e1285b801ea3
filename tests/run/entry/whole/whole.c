/* SPDX-License-Identifier: MIT */
/* A job that tells which parts of the program had been set up when it ran. */
#include "whole.h"

static int noted;

void note(int part)
{
    noted |= part;
}

/* @job */
int whole(void)
{
    return noted;
}
