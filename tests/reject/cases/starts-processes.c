/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>
/* @job */
int starts_processes_job(int v)
{
    if (v) return fork();
    return system("true");
}
/* expect 7:19 warning starts-processes */
/* expect 8:12 warning starts-processes */
