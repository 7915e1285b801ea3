/* SPDX-License-Identifier: MIT */
/* A job whose generated code is changed to carry another number of the interface. */

/* @job */
int old(int a)
{
    return a;
}
