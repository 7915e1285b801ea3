/* SPDX-License-Identifier: MIT */
/* Preloaded: the process ends at its DIE_AT_RENAME-th rename, as by SIGKILL. */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>

int rename(const char *old, const char *new)
{
    static int count;
    const char *number = getenv("DIE_AT_RENAME");
    int (*real)(const char *, const char *);
    if (number && ++count == atoi(number)) (void)raise(SIGKILL);
    *(void **)&real = dlsym(RTLD_NEXT, "rename");
    return real(old, new);
}
