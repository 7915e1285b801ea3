/* SPDX-License-Identifier: MIT */
#include <signal.h>
/* @job */
int uses_signals_job(int v)
{
    return v + raise(SIGTERM);
}
/* expect 6:16 warning uses-signals */
