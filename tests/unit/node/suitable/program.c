/* SPDX-License-Identifier: MIT */
/* Tells by a file that it was run, which it must not be. */
#include <stdio.h>

#ifdef WITH_LIBRARY
int needed(void);
int needed_second(void);
#endif

__attribute__((constructor)) static void leave_trace(void)
{
    FILE *trace = fopen("suitable-was-run", "w");
    if (trace != NULL) (void)fclose(trace);
}

int main(void)
{
#ifdef WITH_LIBRARY
    return needed() + needed_second();
#else
    return 0;
#endif
}
