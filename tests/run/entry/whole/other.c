/* SPDX-License-Identifier: MIT */
/* A job of another NAME in the same program. */

/* @job */
int other(int a)
{
    return a + 1;
}
