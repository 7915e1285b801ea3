/* SPDX-License-Identifier: MIT */
int f(int v)
{
    if (v) {
    return 1;
}

/* @job */
int g(int v) { return v; }
/* expect 8:4 error tag-place */
/* expect 9:14 error clang */
/* expect 12:31 error clang */
