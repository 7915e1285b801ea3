/* SPDX-License-Identifier: MIT */
int e(int v)
{
    /* @job */
    return v;
}

int f(int v)
{
    if (v) {
    return 1;
}

/* @job */
int g(int v) { return v; }
/* expect 4:8 error tag-place */
/* expect 15:14 error clang */
/* expect 18:31 error clang */
