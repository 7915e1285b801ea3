/* SPDX-License-Identifier: MIT */
/* What is shipped to the nodes of the tests. */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "program_jobs.h"

/* @job */
uint32_t square(uint32_t a)
{
    return a * a;
}

/* @job(isolation=reuse) */
uint32_t next(uint32_t a)
{
    return a + 1;
}

/* @job
   @in values[count] */
uint64_t sum(const uint32_t *values, uint32_t count)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; i++)
        total += values[i];
    return total;
}

/* @job
   @out values[count] */
void fill(uint32_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        values[i] = i;
}

/* @job */
void say(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        printf("line %u\n", i);
        fprintf(stderr, "other %u\n", i);
    }
}

/* Tells its process and its zygote, and stays.
   @job */
void hang(void)
{
    printf("%d %d\n", (int)getpid(), (int)getppid());
    (void)fflush(stdout);
    for (;;)
        (void)pause();
}

/* Ends only by force.
   @job */
void resist(void)
{
    /* jobgen: no-warn uses-signals: that is what is tried */
    (void)signal(SIGTERM, SIG_IGN);
    hang();
}

/* @job */
uint32_t nested(uint32_t a)
{
    uint32_t value = 0;
    return square_remote(a, &value) == JG_OK ? value : 0;
}

/* @job */
void die(void)
{
    fprintf(stderr, "about to end\n");
    abort();
}

/* Whether its environment names anything of ours.
   @job */
uint32_t surroundings(void)
{
    return getenv("JOBGEN_CONTROL") != NULL || getenv("LD_LIBRARY_PATH") != NULL;
}

#ifdef WITH_MAIN
int main(void)
{
    return 0;
}
#endif
