/* SPDX-License-Identifier: MIT */
/* @job */
int f(a, b)
int a;
float b;
{
    return a + (int)b;
}
/* expect 3:5 error old-style */
