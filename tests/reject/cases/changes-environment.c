/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
/* @job */
int changes_environment_job(int v)
{
    const char *home = getenv("HOME"); /* reading is fine */
    return home ? v : setenv("HOME", "/", 1);
}
/* expect 7:23 warning changes-environment */
