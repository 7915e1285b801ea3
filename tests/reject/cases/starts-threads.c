/* SPDX-License-Identifier: MIT */
#include <pthread.h>
static void *run(void *argument)
{
    return argument;
}
/* @job */
int starts_threads_job(int v)
{
    pthread_t thread;
    return v + pthread_create(&thread, 0, run, 0);
}
/* expect 11:16 warning starts-threads */
