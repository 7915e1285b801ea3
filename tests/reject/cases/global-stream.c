/* SPDX-License-Identifier: MIT */
#include <stdio.h>
static FILE *log_file;
/* @job */
int global_stream_job(int v)
{
    fprintf(stderr, "%d\n", v); /* arrives at the caller */
    if (log_file) v++;
    return v + getchar() + fgetc(stdin);
}
int main(void)
{
    log_file = fopen("log", "w");
    return 0;
}
/* expect 8:9 warning global-stream */
/* expect 9:16 warning global-stream */
/* expect 9:34 warning global-stream */
