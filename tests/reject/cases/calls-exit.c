/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
static void give_up(int code)
{
    exit(code);
}
/* @job */
int calls_exit_job(int v)
{
    if (v) give_up(v);
    _exit(1);
}
struct s { void (*exit)(int); };
/* Not called, or called by another name only. */
static void unused(struct s *s)
{
    exit(1);
    s->exit(1);
}
/* expect 5:5 warning calls-exit */
/* expect 11:5 warning calls-exit */
