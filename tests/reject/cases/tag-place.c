/* SPDX-License-Identifier: MIT */
int x; /* @job */

/* @job */
struct p { /* @job */ int x; };
/* @job */
int a, b;
/* @job */
int f(int), g(int);
#define X /* @job */ int
void body(void)
{
    /* @job */
    int y;
    (void)y;
}
int h(/* @job */ int v);
/* @job */
typedef int number;
#if 1 /* @job */
#endif
int last(int v);
/* @job */
/* expect 2:11 error tag-place */
/* expect 4:4 error tag-place */
/* expect 5:15 error tag-place */
/* expect 6:4 error tag-place */
/* expect 8:4 error tag-place */
/* expect 10:14 error tag-place */
/* expect 13:8 error tag-place */
/* expect 17:10 error tag-place */
/* expect 18:4 error tag-place */
/* expect 20:10 error tag-place */
/* expect 23:4 error tag-place */
